"""Workers claim for who is free, renew what is under way, and try again what failed."""

import threading
from datetime import timedelta

from sqlalchemy import select

from tests.harness.desk.slow_post import PATIENCE, SlowPost, write_messages
from tests.harness.desk.town import Town, claimed
from tui.desk.engine.obligations import AT_ONCE, Due, Obligation
from tui.desk.engine.workers import Workers
from tui.desk.storage.database import reading, writing
from tui.desk.storage.records import MessageRecord

LEASE = timedelta(seconds=60)


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


def dues(town: Town) -> list[timedelta | None]:
    """How far off each message is."""
    with reading(town.desk.engine) as db:
        found = db.unit.scalars(select(MessageRecord.next_try_at).order_by(MessageRecord.message_id))
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
        db.unit.get_one(MessageRecord, "M0").next_try_at = None  # decided elsewhere
    town.later(seconds=40)
    staff.workers.renew()
    assert dues(town) == [None, LEASE]
    town.later(seconds=40)
    assert claimed(town.desk, post.kind) == []
    staff.workers.renew()
    assert dues(town) == [None, LEASE]
    post.go.set()
    staff.workers.stop()


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
