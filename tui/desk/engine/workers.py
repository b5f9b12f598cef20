"""The threads of one kind of obligation."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from tui.desk.backoff import delay
from tui.desk.context import Desk
from tui.desk.engine.obligations import AT_ONCE, Due, Obligation, Tell, claim, put_off

_LOG = logging.getLogger(__name__)
_AGAIN = timedelta(seconds=1)
"""After a first failure that the act itself did not expect."""
_MOMENT = timedelta(milliseconds=200)
"""Longer than a transaction holds a row."""


@dataclass(slots=True)
class _Work:
    done: "Future[object]"
    lease: datetime


class Workers:
    """Claims what is due for each of them that is free: nothing is taken that would only wait here."""

    def __init__(
        self,
        desk: Desk,
        kind: Obligation,
        lease: timedelta,
        wake: Callable[[], None],
        tell: Tell,
    ) -> None:
        """Called in any thread: `wake` when one of them is free again, `tell` when what failed is due again."""
        self._desk, self._kind, self._lease, self._wake, self._tell = desk, kind, lease, wake, tell
        self._pool = ThreadPoolExecutor(AT_ONCE, f"desk-{kind.name}")
        self._under_way: dict[str, _Work] = {}
        self._told: dict[str, datetime] = {}
        self._urgent = 0
        self._seen: datetime | None = None
        self._failures: dict[str, int] = {}

    @property
    def is_busy(self) -> bool:
        """Whether something is under way, whose lease must be renewed."""
        return any(not work.done.done() for work in self._under_way.values())

    @property
    def next(self) -> datetime | None:
        """When there is something to claim, as far as is known; None also while nobody is free."""
        if len(self._under_way) >= AT_ONCE:
            return None
        return min((due for due in (self._seen, *self._told.values()) if due is not None), default=None)

    def told(self, due: Due) -> None:
        """A row of this kind is due then, or no more."""
        self._told.pop(due.number, None)
        if due.at is not None:
            self._told[due.number] = due.at
            self._urgent += due.at <= self._desk.clock()

    def seen(self, due: datetime | None) -> None:
        """This is due first of all that stands in the database."""
        self._seen = due

    def work(self) -> None:
        """Begin what is due, as far as there are free workers."""
        self._under_way = {number: work for number, work in self._under_way.items() if not work.done.done()}
        now, free = self._desk.clock(), AT_ONCE - len(self._under_way)
        if self.next is None or self.next > now:
            return
        lease = now + self._lease
        numbers = claim(self._desk.engine, self._kind, free, now, lease, under_way=self._under_way)
        for number in numbers:
            self._begin(number, lease)
        if len(numbers) < free:
            self._forget(now, missed=len(numbers) < self._urgent)
        self._urgent = 0

    def _forget(self, now: datetime, *, missed: bool) -> None:
        """All that was due is taken, here or by another desk; what a transaction held is looked at once more."""
        self._told = {number: due for number, due in self._told.items() if due > now}
        if missed:
            self._seen = now + _MOMENT
        elif self._seen is not None and self._seen <= now:
            self._seen = None

    def renew(self) -> None:
        """Let nobody else take what is still under way."""
        going = {number: work for number, work in self._under_way.items() if not work.done.done()}
        if not going:
            return
        until = self._desk.clock() + self._lease
        leases = {work.lease for work in going.values()}
        for number in put_off(self._desk.engine, self._kind, going, leases, until):
            going[number].lease = until

    def stop(self) -> None:
        """Finish what is under way."""
        self._pool.shutdown()

    def _begin(self, number: str, lease: datetime) -> None:
        done = self._pool.submit(self._kind.act, self._desk, number)
        work = self._under_way[number] = _Work(done, lease)
        done.add_done_callback(lambda _: self._ended(number, work))

    def _ended(self, number: str, work: _Work) -> None:
        error = work.done.exception()
        if error is None:
            self._failures.pop(number, None)
        else:
            _LOG.error("%s %s failed and is tried again", self._kind.name, number, exc_info=error)
            self._try_again(number, work)
        self._wake()

    def _try_again(self, number: str, work: _Work) -> None:
        """Sooner than at the lease's end, unless that cannot be written."""
        self._failures[number] = tries = self._failures.get(number, 0) + 1
        until = self._desk.clock() + delay(tries, first=_AGAIN, longest=self._lease)
        try:
            put_off(self._desk.engine, self._kind, (number,), (work.lease,), until)
        except SQLAlchemyError as error:
            _LOG.error("%s %s waits for its lease's end: %s", self._kind.name, number, type(error).__name__)
        else:
            self._tell(Due(self._kind, number, until))
