"""The same desk on PostgreSQL: the journey, and two kiosks at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from threading import Barrier

import pytest
from sqlalchemy import QueuePool, text

from tests.harness.desk.invoice_doubles import SETTINGS
from tests.harness.desk.running import Tax, awaited, has, running
from tests.harness.desk.town import ACCOUNT, FORM, Town, make_town, paid, shown
from tests.rig.postgres import database
from tui.core.order import Application, ApplicationStatus, InvoiceStatus, PaymentStatus
from tui.desk.engine.obligations import Due, Obligation
from tui.desk.engine.workers import Workers
from tui.desk.payments.apply import apply_outcome
from tui.desk.renewals.half_filled import HalfFilledRecord, keep, kept_form
from tui.desk.storage.announcements import Announcements
from tui.desk.storage.database import CONNECTIONS, open_database, reading, writing
from tui.desk.storage.records import AT_ONCE, ApplicationRecord
from tui.desk.storage.rows import seek
from tui.desk.storage.wakeup import notify, wakeup


@pytest.fixture(scope="module")
def server(cluster: str) -> Iterator[str]:
    """An empty database for all tests of a module."""
    with database(cluster) as url:
        yield url


@pytest.fixture(scope="module")
def town(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A desk on that cluster."""
    town = make_town(tmp_path_factory.mktemp("town"), database=server, invoices=SETTINGS, takeover_seconds=1)
    yield town
    town.desk.engine.dispose()


def test_the_journey_with_a_restart_after_the_money(town: Town) -> None:
    person, tax = town.person(), Tax()
    with running(town, tax):
        business_no = town.paid(person).business_no
    with running(town, tax):
        person.prove(awaited(person, business_no, has(ApplicationStatus.ISSUED)))
        done = awaited(person, business_no, lambda application: is_invoiced(town, application))
    assert done.status is ApplicationStatus.INSTALLED


def is_invoiced(town: Town, application: Application) -> bool:
    """Whether the invoice is there; time passes while it is waited for."""
    town.later(seconds=1)
    return application.invoice_status is InvoiceStatus.ISSUED


def test_requests_at_once_open_one_attempt(town: Town) -> None:
    person = town.person()
    number = person.entered().business_no
    with ThreadPoolExecutor(4) as pool:
        paying = [pool.submit(person.pay, number) for _ in range(4)]
        attempts = [application.result().attempt for application in paying]
    assert len({attempt.attempt_no for attempt in attempts if attempt}) == 1


def test_an_amount_beyond_32_bits_is_frozen_like_any_other_that_was_not_asked(town: Town) -> None:
    person = town.person()
    number = person.entered().business_no
    attempt_no, _ = shown(person.pay(number))
    apply_outcome(town.desk, attempt_no, paid(town, attempt_no, 10**10))
    assert person.see(number).payment_status is PaymentStatus.FROZEN


def test_another_process_wakes_who_waits_also_after_the_server_has_closed_the_connection(town: Town) -> None:
    waiting, engine = wakeup(town.desk.engine), town.desk.engine
    try:
        assert waiting.wait(0)  # nobody listened before
        assert not waiting.wait(0)
        notify(engine)
        assert waiting.wait(10)
        with engine.connect() as connection:
            others = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
            for pid in list(connection.scalars(text(others))):
                connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        assert waiting.wait(10)
        assert waiting.wait(0)  # it listens again
        waiting.wake()
        assert not waiting.wait(10)
    finally:
        waiting.close()


def test_another_desk_is_told_what_was_committed_and_not_what_it_did_itself(town: Town) -> None:
    person, heard = town.person(), list[str]()
    number = person.entered().business_no
    other = open_database(town.desk.settings.database, town.desk.settings.data_key)
    announcements = [Announcements(engine, heard.append) for engine in (town.desk.engine, other)]

    def hear(said: str) -> None:
        announcements[0].heard(said)
        waiting.wake()

    waiting = wakeup(town.desk.engine, hear)
    try:
        assert waiting.wait(0)  # nobody listened before
        assert heard == [""]
        waiting.wait(10)  # the wake-up of that
        announcements[1].listen()
        with writing(other) as db:
            db.unit.get_one(ApplicationRecord, number).invoice_status = InvoiceStatus.PENDING
        heard.clear()  # what the other desk told itself
        assert not waiting.wait(10)
        assert heard == [number]
        announcements[1].stop()
        announcements[0].listen()
        with writing(town.desk.engine) as db:
            db.unit.get_one(ApplicationRecord, number).invoice_status = InvoiceStatus.NOT_REQUESTED
        waiting.wait(10)
        assert heard == [number, number]  # as it was committed; its own notification is no news
        announcements[0].stop()
    finally:
        waiting.close()
        other.dispose()


def test_a_row_that_a_transaction_holds_is_left_out_and_looked_at_again(town: Town) -> None:
    person, begun = town.person(), list[str]()
    number = person.entered().business_no
    attempt_no, _ = shown(person.pay(number))
    apply_outcome(town.desk, attempt_no, paid(town, attempt_no))
    kind = Obligation(ApplicationRecord.business_no, ApplicationRecord.next_issue_at, lambda _, no: begun.append(no))
    workers = Workers(town.desk, kind, timedelta(minutes=1), lambda: None, lambda _: None)
    workers.told(Due(kind, number, AT_ONCE))
    with writing(town.desk.engine) as db:
        db.unit.get_one(ApplicationRecord, number, with_for_update=True)
        workers.work()
        assert workers.next is not None
        assert workers.next > town.clock.now
    town.later(seconds=1)
    workers.work()
    workers.stop()
    assert begun == [number]


def test_two_desks_that_put_one_row_at_once_both_succeed(town: Town) -> None:
    person = town.person()
    engine, fingerprint = town.desk.engine, sha256(person.certificate).hexdigest()
    begun = Barrier(2)

    def kept(name: str) -> None:
        with writing(engine) as db:
            assert seek(db.connection(), HalfFilledRecord, fingerprint) is None
            begun.wait(10)  # neither has written yet
            keep(db, ACCOUNT, fingerprint, replace(FORM, agent_name=name), town.desk.clock())

    with ThreadPoolExecutor(2) as pool:
        for keeping in [pool.submit(kept, name) for name in ("张三", "李四")]:
            keeping.result()
    with reading(engine) as db:
        form = kept_form(db, ACCOUNT, fingerprint, None, town.desk.clock())
    assert form is not None
    assert form.agent_name in {"张三", "李四"}


def test_every_connection_that_was_needed_at_once_stays_open(town: Town) -> None:
    with ExitStack() as all_at_once:
        for _ in range(CONNECTIONS):
            all_at_once.enter_context(reading(town.desk.engine)).unit.execute(text("SELECT 1"))
    pids = set()
    with ExitStack() as all_at_once:
        for _ in range(CONNECTIONS):
            db = all_at_once.enter_context(reading(town.desk.engine))
            pids |= set(db.unit.scalars(text("SELECT pg_backend_pid()")))
    assert isinstance(town.desk.engine.pool, QueuePool)
    assert (len(pids), town.desk.engine.pool.checkedin()) == (CONNECTIONS, CONNECTIONS)
    with reading(town.desk.engine) as db:
        assert (
            set(db.unit.scalars(text("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"))) >= pids
        )
        assert db.unit.execute(text("SELECT 1 AS one, 'x' AS two")).one()._asdict() == {"one": 1, "two": "x"}
