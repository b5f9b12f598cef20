"""The engine: what it claims and when, how it shares with other desks, what wakes it."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from msgspec import structs
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from tests.harness.desk.town import Person, Town, claimed, shown
from tui.core.order import AttemptState
from tui.desk.context import Desk
from tui.desk.engine.commits import Commits
from tui.desk.engine.engine import DeskEngine
from tui.desk.engine.obligations import OBLIGATIONS, Due, Obligation, next_due, put_off
from tui.desk.engine.workers import AT_ONCE, Workers
from tui.desk.payments.polling import follow
from tui.desk.storage.database import reading, writing
from tui.desk.storage.records import AttemptRecord, MessageKind, MessageRecord

PATIENCE = 20.0
LEASE = timedelta(seconds=60)


class SlowPost:
    """Holds every delivery until it is let go."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.begun = threading.Semaphore(0)
        self.go = threading.Event()
        self.seen: list[str] = []
        self.failure = failure

    @property
    def kind(self) -> Obligation:
        """Messages, by this post."""
        return Obligation(MessageRecord.message_id, MessageRecord.next_try_at, self.deliver)

    def deliver(self, desk: Desk, number: str) -> None:
        """Delivered once let go."""
        self.seen.append(number)
        self.begun.release()
        assert self.go.wait(PATIENCE)
        if self.failure is not None:
            raise self.failure
        with writing(desk.engine) as db:
            db.get_one(MessageRecord, number).next_try_at = None

    def await_begun(self, times: int) -> None:
        """So many deliveries more have begun."""
        for _ in range(times):
            assert self.begun.acquire(timeout=PATIENCE)


class Staff:
    """Workers of one kind, whose news are kept."""

    def __init__(self, town: Town, kind: Obligation) -> None:
        self.free, self.again = threading.Semaphore(0), list[timedelta]()
        self.workers = Workers(town.desk, kind, LEASE, self.free.release, self._told)
        self._town, self._kind = town, kind

    def work(self) -> None:
        """Something is said to be due."""
        self.workers.told(Due(self._kind, "", self._town.clock.now))
        self.workers.work()

    def _told(self, due: Due) -> None:
        assert due.at is not None
        self.again.append(due.at - self._town.clock.now)


def message(town: Town, business_no: str, index: int) -> MessageRecord:
    """Due now."""
    return MessageRecord(
        message_id=f"M{index}",
        business_no=business_no,
        kind=MessageKind.MAIL,
        receiver=b"a@b.cn",
        subject="s",
        text=b"t",
        created_at=town.clock.now,
        next_try_at=town.clock.now,
    )


def write_messages(town: Town, business_no: str, count: int) -> None:
    with writing(town.desk.engine) as db:
        db.add_all(message(town, business_no, index) for index in range(count))


def dues(town: Town) -> list[timedelta | None]:
    """How far off each message is."""
    with reading(town.desk.engine) as db:
        found = db.scalars(select(MessageRecord.next_try_at).order_by(MessageRecord.message_id))
        return [None if due is None else due - town.clock.now for due in found]


def test_only_free_workers_claim(town: Town, number: str) -> None:
    write_messages(town, number, AT_ONCE + 1)
    post = SlowPost()
    staff = Staff(town, post.kind)
    staff.work()
    post.await_begun(AT_ONCE)
    staff.work()
    assert dues(town).count(timedelta()) == 1
    town.later(minutes=10)  # the lease is over, and still nobody is free
    staff.work()
    assert len(post.seen) == AT_ONCE
    post.go.set()
    staff.workers.stop()
    assert dues(town).count(None) == AT_ONCE


def test_who_is_still_at_work_renews_the_lease_and_undoes_no_decision(town: Town, number: str) -> None:
    write_messages(town, number, 2)
    post = SlowPost()
    staff = Staff(town, post.kind)
    staff.work()
    post.await_begun(2)
    with writing(town.desk.engine) as db:
        db.get_one(MessageRecord, "M0").next_try_at = None  # decided elsewhere
    town.later(seconds=40)
    staff.workers.renew()
    assert dues(town) == [None, LEASE]
    town.later(seconds=40)
    assert claimed(town.desk, post.kind) == []
    staff.workers.renew()
    assert dues(town) == [None, LEASE]
    post.go.set()
    staff.workers.stop()


def test_what_a_dead_desk_had_is_taken_over_when_its_lease_is_over(town: Town, number: str) -> None:
    write_messages(town, number, 1)
    kind = SlowPost().kind
    assert claimed(town.desk, kind) == ["M0"]  # and then it died
    town.later(seconds=59)
    assert claimed(town.desk, kind) == []
    town.later(seconds=1)
    assert claimed(town.desk, kind) == ["M0"]


def test_what_failed_is_tried_again_soon_and_then_less_often(town: Town, number: str) -> None:
    write_messages(town, number, 1)
    post = SlowPost(ValueError("a defect"))
    post.go.set()
    staff = Staff(town, post.kind)
    for seconds in (1, 2, 4):
        staff.work()
        assert staff.free.acquire(timeout=PATIENCE)
        assert dues(town) == [timedelta(seconds=seconds)] == staff.again
        town.later(seconds=seconds)
        staff.again.clear()
    post.failure = None
    staff.work()
    assert staff.free.acquire(timeout=PATIENCE)
    assert dues(town) == [None]
    staff.workers.stop()


def test_a_decision_made_before_a_failure_stands(town: Town, number: str) -> None:
    write_messages(town, number, 1)
    kind, now = SlowPost().kind, town.clock.now
    assert claimed(town.desk, kind) == ["M0"]
    with writing(town.desk.engine) as db:
        db.get_one(MessageRecord, "M0").next_try_at = None
    assert put_off(town.desk.engine, kind, ["M0"], [now + timedelta(minutes=1)], now) == set()
    assert dues(town) == [None]


def test_payments_do_not_wait_for_the_mail(town: Town, person: Person, number: str) -> None:
    write_messages(town, number, 20)
    person.pay(number)
    town.later(seconds=301)
    post, followed = SlowPost(), threading.Event()

    def ended(desk: Desk, attempt_no: str) -> None:
        follow(desk, attempt_no)
        followed.set()

    attempts = Obligation(AttemptRecord.attempt_no, AttemptRecord.next_query_at, ended)
    engine = DeskEngine(town.desk, kinds=(post.kind, attempts))
    engine.start()
    try:
        post.await_begun(AT_ONCE)
        assert followed.wait(PATIENCE)
        assert shown(person.see(number))[1] is AttemptState.CLOSED
    finally:
        post.go.set()
        engine.stop()


def test_what_was_put_off_while_the_clock_ran_ahead_is_due(town: Town, person: Person, number: str) -> None:
    attempt_no, _ = shown(person.pay(number))
    kind, now = Obligation(AttemptRecord.attempt_no, AttemptRecord.next_query_at, follow), town.clock.now
    assert claimed(town.desk, kind) == []
    with writing(town.desk.engine) as db:
        db.get_one(AttemptRecord, attempt_no).next_query_at = now + timedelta(days=365)
    assert next_due(town.desk.engine, (kind,), now) == [now]
    assert claimed(town.desk, kind) == [attempt_no]


@pytest.mark.parametrize(
    "failure",
    [
        OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked")),
        RuntimeError("can't start new thread"),
    ],
)
def test_nothing_that_fails_for_a_while_ends_the_engine(
    town: Town, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    calls, again = [0], threading.Event()

    def fail_once(*_: object) -> list[datetime | None]:
        calls[0] += 1
        if calls[0] == 1:
            raise failure
        again.set()
        return [None] * len(OBLIGATIONS)

    monkeypatch.setattr("tui.desk.engine.engine.next_due", fail_once)
    engine = DeskEngine(town.desk)
    engine.start()
    try:
        assert again.wait(PATIENCE)
    finally:
        engine.stop()


def by_record(town: Town, number: str) -> None:
    write_messages(town, number, 1)


def by_statement(town: Town, number: str) -> None:
    with writing(town.desk.engine) as db:
        db.execute(update(MessageRecord).where(MessageRecord.business_no == number).values(next_try_at=town.clock.now))


@pytest.mark.parametrize("write", [by_record, by_statement])
def test_a_commit_of_this_process_begins_what_it_left_at_once(
    town: Town, number: str, monkeypatch: pytest.MonkeyPatch, write: Callable[[Town, str], None]
) -> None:
    if write is by_statement:
        write_messages(town, number, 1)
        with writing(town.desk.engine) as db:
            db.get_one(MessageRecord, "M0").next_try_at = None
    monkeypatch.setattr("tui.desk.engine.engine._LOOK", 3600.0)
    monkeypatch.setattr("tui.desk.storage.wakeup._GLANCE", 3600.0)
    post, resting = SlowPost(), threading.Event()
    post.go.set()
    town.desk = replace(town.desk, settings=structs.replace(town.desk.settings, takeover_seconds=36000))
    engine = DeskEngine(town.desk, kinds=(post.kind,))
    wait = engine._wakeup.wait

    def rest(seconds: float) -> bool:
        resting.set()
        return wait(seconds)

    monkeypatch.setattr(engine._wakeup, "wait", rest)
    engine.start()
    try:
        assert resting.wait(PATIENCE)
        write(town, number)
        post.await_begun(1)
    finally:
        engine.stop()


def test_what_is_rolled_back_is_not_told(town: Town, number: str) -> None:
    kinds, told = (SlowPost().kind,), list[Due]()
    commits = Commits(town.desk.engine, kinds, told.append)
    commits.listen()
    try:
        with suppress(ZeroDivisionError), writing(town.desk.engine) as db:
            db.add(message(town, number, 0))
            db.flush()
            raise ZeroDivisionError
        assert told == []
        write_messages(town, number, 1)
        assert told == [Due(*kinds, "M0", town.clock.now)]
    finally:
        commits.stop()
