"""The one thread that knows what is due: it sleeps until then, claims it, and lets workers carry it out."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from time import monotonic

from sqlalchemy.exc import SQLAlchemyError

from tui.desk.context import Desk
from tui.desk.engine.clocks import compare
from tui.desk.engine.commits import Commits
from tui.desk.engine.obligations import OBLIGATIONS, Due, Obligation, bring_forward, claim, next_due
from tui.desk.engine.workers import Workers
from tui.desk.payments.reconciliation import schedule_days
from tui.desk.renewals.lapse import lapse
from tui.desk.storage.schema import OtherVersion, check_schema
from tui.desk.storage.wakeup import wakeup

_LOG = logging.getLogger(__name__)
_SELDOM = 60.0
"""Seconds between two sweeps, and two looks at the schema's version."""
_LOOK = 5.0
"""Seconds between two looks at what is due, should nobody tell of it."""
_BREATH = 1.0
"""Seconds before the next try while the database cannot be used."""
_PATIENCE = 45.0
"""Seconds that what is under way is given at the end: with the requests' and a deadline, less than systemd's 90."""
_STEP = timedelta(minutes=1)
"""By so much nobody's clock is put back but to set it right."""
_ALL = 1_000_000
_NEVER = datetime.max.replace(tzinfo=UTC)


class DeskEngine:
    """Sees to the obligations of its database, beside other desks' engines."""

    def __init__(
        self,
        desk: Desk,
        leave: Callable[[], None] = lambda: None,
        kinds: Sequence[Obligation] = OBLIGATIONS,
        hear: Callable[[str], None] = lambda what: None,
    ) -> None:
        """`leave` is called, and nothing more claimed, once the database is another version's; `hear` see `Wakeup`."""
        self._desk, self._leave, self._kinds = desk, leave, kinds
        self.other: OtherVersion | None = None
        """What the database has become."""
        takeover = float(desk.settings.takeover_seconds)
        self._pace = min(_LOOK, takeover / 6)
        self._lease = takeover - self._pace
        self._wakeup = wakeup(desk.engine, hear)
        self._commits = Commits(desk.engine, kinds, self._tell)
        lease = timedelta(seconds=self._lease)
        self._workers = {kind: Workers(desk, kind, lease, self._wakeup.wake, self._tell) for kind in kinds}
        self._sweeper = ThreadPoolExecutor(1, "desk-sweep")
        self._told: deque[Due] = deque()
        self._next = _NEVER
        """Who tells of something due before that ends the wait."""
        self._begun = self._begun_at()
        self._look_at = self._sweep_at = self._check_at = self._renew_at = 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="desk-engine", daemon=True)

    def start(self) -> None:
        """Begin."""
        if self._desk.engine.dialect.name == "sqlite":
            self._take_back()
        self._commits.listen()
        self._thread.start()

    def stop(self) -> None:
        """Finish what is under way, claim nothing more; a mail server is not waited for to the end."""
        self._stopping.set()
        self._wakeup.wake()
        self._thread.join(_PATIENCE)
        if self._thread.is_alive() and self._desk.mail is not None:
            self._desk.mail.give_up()
        self._thread.join()
        self._commits.stop()
        for workers in self._workers.values():
            workers.stop()
        self._sweeper.shutdown()
        self._wakeup.close()

    def _take_back(self) -> None:
        """Let be due at once what stands under a lease: SQLite has one desk, so it was this one before it died."""
        now = self._desk.clock()
        for kind in self._kinds:
            claim(self._desk.engine, kind, _ALL, now + timedelta(seconds=self._lease), now)

    def _run(self) -> None:
        while not self._stopping.is_set():
            if self._is_migrated():
                self._leave()
                break
            try:
                self._turn()
                if self._wakeup.wait(self._rest()):
                    self._look_at = self._check_at = 0.0
            except Exception:  # noqa: BLE001 — no thread to be had, even a defect: money must not wait for a person
                _LOG.exception("the engine could not see to what is due and tries again")
                self._stopping.wait(_BREATH)
        self._finish()

    def _finish(self) -> None:
        """Keep from other desks what is still under way."""
        while self._is_busy:
            try:
                self._renew()
            except SQLAlchemyError:
                _LOG.exception("what is under way could not be kept and is tried again")
            self._wakeup.wait(max(self._renew_at - monotonic(), 0.0))

    @property
    def _is_busy(self) -> bool:
        return any(workers.is_busy for workers in self._workers.values())

    def _is_migrated(self) -> bool:
        if monotonic() >= self._check_at:
            self._check_at = monotonic() + _SELDOM
            try:
                check_schema(self._desk.engine)
            except OtherVersion as other:
                self.other = other
            except SQLAlchemyError:
                pass  # told when something is claimed
        return self.other is not None

    def _turn(self) -> None:
        self._next = _NEVER
        while self._told:
            due = self._told.popleft()
            self._workers[due.kind].told(due)
        with ExitStack() as each:  # what fails keeps nothing else from its turn; the last comes first
            each.callback(self._sweep)
            each.callback(self._renew)
            for workers in self._workers.values():
                each.callback(workers.work)
            each.callback(self._look)
            each.callback(self._heed_clock)

    def _begun_at(self) -> datetime:
        """The wall clock, by which things are due, when the monotonic one began, by which the engine waits."""
        return self._desk.clock() - timedelta(seconds=monotonic())

    def _heed_clock(self) -> None:
        """What was put off by a clock that ran ahead, and was put back, does not wait for that time to come again."""
        begun = self._begun_at()
        back = self._begun - begun
        if back > _STEP:
            now = self._desk.clock()
            _LOG.error("the clock was put back by %s: what would be due within that is due now", back)
            for kind in self._kinds:
                bring_forward(self._desk.engine, kind, now, now + back)
            self._look_at = 0.0
        self._begun = begun

    def _renew(self) -> None:
        if monotonic() >= self._renew_at:
            self._renew_at = monotonic() + self._lease / 3
            with ExitStack() as each:
                for workers in self._workers.values():
                    each.callback(workers.renew)

    def _sweep(self) -> None:
        if monotonic() >= self._sweep_at:
            self._sweep_at = monotonic() + _SELDOM
            for sweep in (compare, lapse, schedule_days):
                self._sweeper.submit(sweep, self._desk, self._desk.clock()).add_done_callback(_report)

    def _look(self) -> None:
        """Learn what other desks, or this one before it was started, left to be done."""
        if monotonic() < self._look_at:
            return
        self._look_at = monotonic() + self._pace
        for kind, due in zip(self._kinds, next_due(self._desk.engine, self._kinds, self._desk.clock()), strict=True):
            self._workers[kind].seen(due)

    def _rest(self) -> float:
        """Seconds until there is something to do, as far as is known."""
        now, at = self._desk.clock(), min(self._look_at, self._sweep_at)
        if self._is_busy:
            at = min(at, self._renew_at)
        seconds = at - monotonic()
        dues = [due for workers in self._workers.values() if (due := workers.next) is not None]
        self._next = min(dues, default=_NEVER)
        if dues:
            seconds = min(seconds, (self._next - now).total_seconds())
        return 0.0 if self._told else max(seconds, 0.0)

    def _tell(self, due: Due) -> None:
        self._told.append(due)
        if due.at is not None and due.at < self._next:
            self._wakeup.wake()


def _report(done: "Future[None]") -> None:
    if error := done.exception():
        _LOG.error("a sweep failed and is tried again", exc_info=error)
