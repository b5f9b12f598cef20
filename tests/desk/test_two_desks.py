"""Two desks on one PostgreSQL: whatever one of them began before it died for good is done by the other, once."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from tests.harness.desk.desks import arrive, client_of, configured, serving
from tests.rig.postgres import database as new_database
from tui.core.exits import Exit
from tui.core.order import ApplicationStatus, AttemptState, PaymentStatus
from tui.core.payment_method import PaymentMethod
from tui.desk.commands import migrate as desk_migrate
from tui.desk.renewals.accounts import create_account
from tui.desk.settings import load
from tui.desk.storage.database import open_database, reading
from tui.desk.storage.records import ApplicationRecord, AttemptRecord
from tui.sandbox.environment import Environment
from tui.sandbox.files import ACCOUNT, PASSWORD
from tui.sandbox.gateways.common.ledger import Ledger, Stage
from tui.sandbox.wallet import pay

DEADLINE = 60.0
TRADES = 3
"""Applications on each desk."""


@pytest.fixture(scope="module")
def gateways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """The payment platforms; the desk that comes with them has a database of its own and is not asked."""
    with Environment(tmp_path_factory.mktemp("town")) as running:
        yield running


@pytest.fixture(scope="module")
def database(cluster: str) -> Iterator[str]:
    with new_database(cluster) as url:
        yield url


@pytest.fixture
def engine(gateways: Environment, database: str) -> Iterator[Engine]:
    settings = load(configured(gateways, database, "engine"))
    engine = open_database(settings.database, settings.data_key)
    yield engine
    engine.dispose()


def until(engine: Engine, numbers: list[str], status: ApplicationStatus) -> None:
    """Wait for the applications' status."""
    end, tick = time.monotonic() + DEADLINE, threading.Event()
    reached = select(func.count()).where(ApplicationRecord.business_no.in_(numbers), ApplicationRecord.status == status)
    while True:
        with reading(engine) as db:
            count = db.unit.scalar(reached)
        if count == len(numbers):
            return
        assert time.monotonic() < end, (count, len(numbers))
        tick.wait(0.1)


def end_connections(engine: Engine) -> None:
    """As a restart of the server does."""
    others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with engine.connect() as connection:
        for pid in list(connection.scalars(text(others))):
            connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})


def test_one_desk_is_killed_and_never_comes_back(gateways: Environment, database: str, engine: Engine) -> None:
    configs = [configured(gateways, database, name, "takeover_seconds = 3") for name in ("one", "two")]
    with ThreadPoolExecutor() as both:
        assert list(both.map(desk_migrate, configs)) == [Exit.DONE] * 2
    with ExitStack() as ending:
        one, two = (ending.enter_context(serving(config)) for config in configs)
        create_account(engine, ACCOUNT, PASSWORD)
        people = [arrive(gateways, engine, desk.url, ending) for desk in (one, two) for _ in range(TRADES)]
        numbers = [person.entered().business_no for person in people]
        codes = [
            person.pay(number, PaymentMethod.ALIPAY).attempt for person, number in zip(people, numbers, strict=True)
        ]
        for code in codes:
            assert code is not None
            pay(gateways.directory, code.qr)
        one.process.kill()
        until(engine, numbers, ApplicationStatus.ISSUED)
        for number in numbers:  # what the one desk began is seen at the other
            assert people[-1].see(number).payment_status is PaymentStatus.PAID
        end_connections(engine)
        last = people[-1]
        assert last.prove(last.see(numbers[-1])).status is ApplicationStatus.INSTALLED
    paid = select(AttemptRecord.attempt_no, AttemptRecord.business_no).where(AttemptRecord.state == AttemptState.PAID)
    with reading(engine) as db:
        attempts = {row.attempt_no: row.business_no for row in db.unit.execute(paid)}
    trades = list(Ledger(gateways.directory / "alipay/trades.json").trades())
    assert {trade.number for trade in trades} == attempts.keys()  # those of other tests too
    ours = [trade for trade in trades if attempts[trade.number] in numbers]
    assert [(trade.stage, trade.refunds) for trade in ours] == [(Stage.PAID, ())] * 2 * TRADES


def test_a_poll_at_one_desk_is_answered_when_the_other_commits(
    gateways: Environment, database: str, engine: Engine
) -> None:
    configs = [configured(gateways, database, name) for name in ("one", "two")]
    assert desk_migrate(configs[0]) == Exit.DONE
    with ExitStack() as ending:
        one, two = (ending.enter_context(serving(config)) for config in configs)
        create_account(engine, ACCOUNT, PASSWORD)
        person = arrive(gateways, engine, one.url, ending)
        number = person.entered().business_no
        looking, passing = (ending.enter_context(client_of(gateways, two.url)) for _ in range(2))
        path, headers = f"/v1/applications/{number}", person.headers
        seen = looking.get(path, headers=headers)
        waiting = headers | {"Prefer": "wait=25", "If-None-Match": seen.headers["etag"]}  # longer than the client waits
        with ThreadPoolExecutor(1) as beside:
            answer = beside.submit(looking.get, path, headers=waiting)
            assert passing.get(path, headers=headers).status_code == 200  # the poll has come meanwhile
            person.ask("POST", f"{path.removeprefix('/v1')}/withdrawal")
            assert (answer.result().status_code, answer.result().json()["status"]) == (200, "withdrawn")


def test_workers_share_the_address_and_a_killed_one_is_replaced(
    gateways: Environment, database: str, engine: Engine
) -> None:
    config = configured(gateways, database, "many", "workers = 2", "takeover_seconds = 3")
    assert desk_migrate(config) == Exit.DONE
    with ExitStack() as ending:
        desk = ending.enter_context(serving(config))
        create_account(engine, ACCOUNT, PASSWORD)
        people = [arrive(gateways, engine, desk.url, ending) for _ in range(TRADES)]
        numbers = [person.entered().business_no for person in people]
        codes = [
            person.pay(number, PaymentMethod.ALIPAY).attempt for person, number in zip(people, numbers, strict=True)
        ]
        first, second = workers = workers_of(desk.process.pid)
        for code in codes:
            assert code is not None
            pay(gateways.directory, code.qr)
        os.kill(first, signal.SIGKILL)
        until(engine, numbers, ApplicationStatus.ISSUED)
        end, tick = time.monotonic() + DEADLINE, threading.Event()
        while len(now := workers_of(desk.process.pid)) < len(workers):
            assert time.monotonic() < end
            tick.wait(0.1)
        assert second in now
        late = arrive(gateways, engine, desk.url, ending)
        assert late.entered().status is ApplicationStatus.ENTERED
        desk.process.terminate()
        assert desk.process.wait(DEADLINE) == Exit.DONE
        assert not any(Path(f"/proc/{pid}").exists() for pid in now)
    trades = {trade.number: trade for trade in Ledger(gateways.directory / "alipay/trades.json").trades()}
    assert {trades[code.attempt_no].stage for code in codes if code is not None} == {Stage.PAID}
    assert not any(trades[code.attempt_no].refunds for code in codes if code is not None)


def workers_of(pid: int) -> list[int]:
    """Its child processes."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
