"""A poll is held until the application changes and costs nothing until then; who does not ask to wait does not."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import update

from tests.harness.desk.knocking import answered, served
from tests.harness.desk.looking import PATIENCE, WAIT, Onlooker, ended, onlooker
from tests.harness.desk.town import Person, Town, shown
from tui.core.failure import Reason
from tui.core.payment_method import PaymentMethod
from tui.desk.engine.engine import DeskEngine
from tui.desk.http import long_poll
from tui.desk.http.api import create_app
from tui.desk.http.connection import Limits
from tui.desk.http.waiters import Waiters
from tui.desk.payments.gateway import NoticeKind, Outcome, PaymentNotice, TradeState
from tui.desk.payments.webhooks import receive
from tui.desk.renewals.issuing import issue
from tui.desk.storage import wakeup
from tui.desk.storage.database import open_database, writing
from tui.desk.storage.records import SessionRecord


@pytest.fixture
async def looking(town: Town, person: Person, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Onlooker]:
    async with onlooker(town, person, monkeypatch) as looking:
        yield looking


def notice_arrives(town: Town, person: Person, number: str) -> None:
    """The platform says that the shown code is paid."""
    attempt = shown(person.see(number))[0]
    outcome = Outcome(TradeState.PAID, 20000, f"T{attempt}", town.clock.now)
    town.alipay.notice = PaymentNotice(NoticeKind.PAYMENT, attempt, outcome)
    assert receive(town.desk, PaymentMethod.ALIPAY, b"", "") == b"success"


async def test_who_does_not_ask_to_wait_is_answered_at_once(looking: Onlooker, number: str) -> None:
    first = await looking.look(number)
    assert (first.status_code, first.json()["status"]) == (200, "entered")
    tag = first.headers["etag"]
    assert "preference-applied" not in first.headers
    again = await looking.look(number, If_None_Match=tag)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (await looking.look(number, Prefer="wait=20")).status_code == 200
    stale = await looking.look(number, Prefer="wait=20", If_None_Match='W/"other"')
    assert (stale.status_code, stale.headers["preference-applied"]) == (200, "wait=20")


async def test_paid_and_issued_are_told_when_they_are_committed(
    looking: Onlooker, town: Town, person: Person, number: str
) -> None:
    await asyncio.to_thread(person.pay, number)
    poll = await looking.hold(number)
    await asyncio.to_thread(notice_arrives, town, person, number)
    answer = await ended(poll)
    assert (answer.status_code, answer.json()["status"]) == (200, "issuing")
    poll = await looking.hold(number)
    await asyncio.to_thread(issue, town.desk, number)
    assert (await ended(poll)).json()["status"] == "issued"


async def test_time_alone_is_no_change(looking: Onlooker, town: Town, person: Person, number: str) -> None:
    await asyncio.to_thread(person.pay, number)
    seen = await looking.look(number)
    town.later(seconds=7)
    again = await looking.look(number)
    assert seen.json()["attempt"]["expires_in"] - again.json()["attempt"]["expires_in"] == 7
    assert again.headers["etag"] == seen.headers["etag"]


async def test_a_commit_of_another_process_ends_the_wait(
    looking: Onlooker, town: Town, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wakeup, "_GLANCE", 0.01)
    other = open_database(town.desk.settings.database, town.desk.settings.data_key)
    engine = DeskEngine(town.desk, hear=looking.announcements.heard)
    engine.start()
    try:
        poll = await looking.hold(number)
        with writing(other) as db:
            db.unit.execute(update(SessionRecord).values(expires_at=town.clock.now.replace(year=2000)))
        answer = await ended(poll)
    finally:
        await asyncio.to_thread(engine.stop)
        other.dispose()
    assert (answer.status_code, answer.json()["reason"]) == (401, Reason.SESSION_ENDED.value)


async def test_at_the_end_of_the_wait_nothing_is_new(
    looking: Onlooker, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_poll, "LONGEST", 0.05)
    answer = await ended(await looking.hold(number, 9999))
    assert (answer.status_code, answer.content) == (304, b"")


async def test_no_wait_outlives_its_session(looking: Onlooker, person: Person, number: str) -> None:
    poll = await looking.hold(number)
    await looking.client.delete("/v1/sessions/current", headers=person.headers)
    answer = await ended(poll)
    assert (answer.status_code, answer.json()["reason"]) == (401, Reason.SESSION_ENDED.value)


async def test_a_desk_that_ends_lets_everybody_go(looking: Onlooker, number: str) -> None:
    poll = await looking.hold(number)
    looking.waiters.release()
    assert (await ended(poll)).status_code == 304
    seen = await looking.look(number)
    answer = await looking.look(number, Prefer=f"wait={WAIT}", If_None_Match=seen.headers["etag"])
    assert answer.status_code == 304


async def test_held_polls_take_no_thread_and_no_connection(looking: Onlooker, town: Town, number: str) -> None:
    polls = [await looking.hold(number) for _ in range(60)]  # more than there are of either
    assert town.desk.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert (await looking.look(number)).status_code == 200
    looking.waiters.tell(number)  # in vain: they look and go on waiting
    for _ in polls:
        await looking.held.acquire()
    looking.waiters.release()
    assert {(await ended(poll)).status_code for poll in polls} == {304}


def test_who_goes_is_waited_for_no_more_and_who_stays_is_answered_at_the_desks_end(
    town: Town, person: Person, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, hold, waiters = threading.Semaphore(0), long_poll._hold, Waiters()

    async def say_so(request: long_poll.Asked, news: asyncio.Event, seconds: float) -> None:
        held.release()
        await hold(request, news, seconds)

    monkeypatch.setattr(long_poll, "_hold", say_so)
    monkeypatch.setattr(long_poll, "LONGEST", WAIT)
    path = f"/v1/applications/{number}"
    tag = person.client.get(path, headers=person.headers).headers["etag"]
    fields = person.headers | {"Host": "d", "Prefer": f"wait={WAIT}", "If-None-Match": tag}
    words = "\r\n".join([f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""])
    with served(town.folder, Limits(), create_app(town.desk, waiters), waiters.release) as desk:
        gone, stays = (desk.speak(words.encode()) for _ in range(2))
        for _ in range(2):
            assert held.acquire(timeout=PATIENCE)
        gone.close()
        end, tick = time.monotonic() + PATIENCE, threading.Event()
        while len(waiters._waiting[number]) > 1:
            assert time.monotonic() < end
            tick.wait(0.01)
        desk.stop()
        answer = answered(stays)
    assert answer.startswith(b"HTTP/1.1 304 ")
    assert b"content-length" not in answer.lower()
