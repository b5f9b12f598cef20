"""Messages that are due, and a post that keeps who delivers them waiting."""

import threading

from tests.harness.desk.town import Town
from tui.desk.context import Desk
from tui.desk.engine.obligations import Obligation
from tui.desk.storage.database import writing
from tui.desk.storage.records import MessageKind, MessageRecord

PATIENCE = 20.0


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
            db.unit.get_one(MessageRecord, number).next_try_at = None

    def await_begun(self, times: int) -> None:
        """So many deliveries more have begun."""
        for _ in range(times):
            assert self.begun.acquire(timeout=PATIENCE)


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
        db.unit.add_all(message(town, business_no, index) for index in range(count))
