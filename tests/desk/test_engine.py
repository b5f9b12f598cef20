"""The watch's crews: nothing is claimed that would wait, nothing waits for another chore."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from tests.harness.desk.town import Person, Town, shown
from tui.core.order import AttemptState
from tui.desk.context import Desk
from tui.desk.engine import Chore, Crew, Watch, claim
from tui.desk.payments.polling import follow
from tui.desk.storage.database import reading, writing
from tui.desk.storage.records import AttemptRecord, MessageKind, MessageRecord

PATIENCE = 20.0


class SlowPost:
    """Holds every delivery until it is let go."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.go = threading.Event()
        self.seen: list[str] = []

    def deliver(self, desk: Desk, number: str) -> None:
        """Delivered once let go."""
        self.seen.append(number)
        self.begun.release()
        assert self.go.wait(PATIENCE)
        with writing(desk.engine) as db:
            db.get_one(MessageRecord, number).next_try_at = None

    def await_begun(self, times: int) -> None:
        """So many deliveries more have begun."""
        for _ in range(times):
            assert self.begun.acquire(timeout=PATIENCE)


def write_messages(town: Town, business_no: str, count: int) -> None:
    now = town.clock.now
    with writing(town.desk.engine) as db:
        for index in range(count):
            db.add(
                MessageRecord(
                    message_id=f"M{index}",
                    business_no=business_no,
                    kind=MessageKind.MAIL,
                    receiver=b"a@b.cn",
                    subject="s",
                    text=b"t",
                    created_at=now,
                    next_try_at=now,
                )
            )


def due(town: Town, now: datetime) -> int | None:
    with reading(town.desk.engine) as db:
        return db.scalar(select(func.count()).where(MessageRecord.next_try_at <= now))


def test_only_free_workers_claim(town: Town, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.desk.engine._AT_ONCE", 2)
    write_messages(town, number, 3)
    post = SlowPost()
    crew = Crew(town.desk, Chore(MessageRecord.message_id, MessageRecord.next_try_at, post.deliver))
    crew.work()
    post.await_begun(2)
    crew.work()
    assert due(town, town.clock.now) == 1
    town.later(minutes=10)  # the lease is over, and still nobody is free
    crew.work()
    assert len(post.seen) == 2
    post.go.set()
    crew.stop()
    assert (sorted(post.seen), due(town, town.clock.now)) == (sorted(set(post.seen)), 1)


def test_payments_do_not_wait_for_the_mail(
    town: Town, person: Person, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_messages(town, number, 20)
    person.pay(number)
    town.later(seconds=301)
    post, followed = SlowPost(), threading.Event()

    def ended(desk: Desk, attempt_no: str) -> None:
        follow(desk, attempt_no)
        followed.set()

    chores = (
        Chore(MessageRecord.message_id, MessageRecord.next_try_at, post.deliver),
        Chore(AttemptRecord.attempt_no, AttemptRecord.next_query_at, ended),
    )
    monkeypatch.setattr("tui.desk.engine.CHORES", chores)
    watch = Watch(town.desk)
    watch.start()
    try:
        post.await_begun(8)
        assert followed.wait(PATIENCE)
        assert shown(person.see(number))[1] is AttemptState.CLOSED
    finally:
        post.go.set()
        watch.stop()


def test_what_was_put_off_while_the_clock_ran_ahead_is_due(town: Town, person: Person, number: str) -> None:
    attempt_no, _ = shown(person.pay(number))
    chore = Chore(AttemptRecord.attempt_no, AttemptRecord.next_query_at, follow)
    assert claim(town.desk, chore, 8) == []
    with writing(town.desk.engine) as db:
        db.get_one(AttemptRecord, attempt_no).next_query_at = town.clock.now + timedelta(days=365)
    assert claim(town.desk, chore, 8) == [attempt_no]


@pytest.mark.parametrize(
    "failure",
    [
        OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked")),
        RuntimeError("can't start new thread"),
    ],
)
def test_nothing_that_fails_for_a_while_ends_the_watch(
    town: Town, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    calls, again = [0], threading.Event()

    def fail_once(*_: object) -> list[str]:
        calls[0] += 1
        if calls[0] == 1:
            raise failure
        again.set()
        return []

    monkeypatch.setattr("tui.desk.engine.claim", fail_once)
    watch = Watch(town.desk)
    watch.start()
    try:
        assert again.wait(PATIENCE)
    finally:
        watch.stop()
