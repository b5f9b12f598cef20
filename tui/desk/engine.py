"""What must be asked again until it is final: attempts, refunds, messages, bills; and applications that are over.

Due times stand in the database, so a restart forgets nothing, and several desks share the work: a row is claimed by
moving its due time on.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import InstrumentedAttribute

from tui.core.order import OPEN_ATTEMPT, ApplicationStatus
from tui.desk.context import Desk
from tui.desk.invoices.delivery import fetch
from tui.desk.invoices.red_invoice import take_back
from tui.desk.invoices.service import ask
from tui.desk.notifications.outbox import deliver
from tui.desk.operators.actions import tell
from tui.desk.payments.polling import follow
from tui.desk.payments.reconciliation import reconcile_due, schedule_days
from tui.desk.payments.refunds import pursue
from tui.desk.renewals.half_filled import forget_old_forms
from tui.desk.storage.answers import AnswerRecord
from tui.desk.storage.audit_log import ActRecord
from tui.desk.storage.database import OtherVersion, check_schema, reading, writing
from tui.desk.storage.invoices import InvoiceFileRecord, InvoiceRecord, RedInvoiceRecord
from tui.desk.storage.reconciliations import ReconciliationRecord
from tui.desk.storage.records import ApplicationRecord, AttemptRecord, MessageRecord, RefundRecord

_LOG = logging.getLogger(__name__)
_LEASE = timedelta(seconds=60)
_TICK = 0.25
_SELDOM = timedelta(minutes=1)
_ANSWERS_KEPT = timedelta(days=1)
_FAR = timedelta(days=2)
"""Nothing is put off for so long: what is was written while the clock ran ahead, and is due."""
_AT_ONCE = 8
"""Of one chore: a slow mail server keeps no payment waiting."""


@dataclass(frozen=True, slots=True)
class Chore:
    """Rows that are due, and what is done with one of them."""

    number: InstrumentedAttribute[str]
    due: InstrumentedAttribute[Any]
    act: Callable[[Desk, str], None]


CHORES = (
    Chore(AttemptRecord.attempt_no, AttemptRecord.next_query_at, follow),
    Chore(RefundRecord.refund_no, RefundRecord.next_try_at, pursue),
    Chore(MessageRecord.message_id, MessageRecord.next_try_at, deliver),
    Chore(ActRecord.act_no, ActRecord.tell_at, tell),
    Chore(ReconciliationRecord.reconciliation_no, ReconciliationRecord.next_try_at, reconcile_due),
    Chore(InvoiceRecord.business_no, InvoiceRecord.next_query_at, ask),
    Chore(RedInvoiceRecord.request_no, RedInvoiceRecord.next_query_at, take_back),
    Chore(InvoiceFileRecord.file_no, InvoiceFileRecord.next_try_at, fetch),
)


class Crew:
    """The workers of one chore; nothing is claimed that would only wait for one of them."""

    def __init__(self, desk: Desk, chore: Chore) -> None:
        self._desk, self._chore = desk, chore
        self._pool = ThreadPoolExecutor(_AT_ONCE, f"desk-{chore.act.__name__}")
        self._busy: set[Future[None]] = set()

    def work(self) -> None:
        """Claim what is due for each free worker."""
        self._busy = {work for work in self._busy if not work.done()}
        for number in claim(self._desk, self._chore, _AT_ONCE - len(self._busy)):
            work = self._pool.submit(self._chore.act, self._desk, number)
            work.add_done_callback(_report)
            self._busy.add(work)

    def stop(self) -> None:
        """Finish what is under way."""
        self._pool.shutdown()


class Watch:
    """One thread that claims what is due, a few for each chore that ask the outside world."""

    def __init__(self, desk: Desk, leave: Callable[[], None] = lambda: None) -> None:
        """`leave` is called, and nothing more claimed, once the database is another version's."""
        self._desk, self._leave = desk, leave
        self.other: OtherVersion | None = None
        """What the database has become."""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="desk-watch", daemon=True)
        self._crews = tuple(Crew(desk, chore) for chore in CHORES)
        self._sweeper = ThreadPoolExecutor(1, "desk-sweep")
        self._next_sweep = desk.clock()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is under way, claim nothing more."""
        self._stop.set()
        self._thread.join()
        for crew in self._crews:
            crew.stop()
        self._sweeper.shutdown()

    def _is_migrated(self) -> bool:
        try:
            check_schema(self._desk.engine)
        except OtherVersion as other:
            self.other = other
        except SQLAlchemyError:
            pass  # the crews tell it
        return self.other is not None

    def _run(self) -> None:
        while not self._stop.wait(_TICK):
            if self._is_migrated():
                self._leave()
                return
            for crew in self._crews:
                try:
                    crew.work()
                except (SQLAlchemyError, RuntimeError):  # the latter: no thread to be had
                    _LOG.exception("the watch could not look for what is due and looks again")
            now = self._desk.clock()
            if not self._next_sweep - _SELDOM <= now < self._next_sweep:  # the clock may have been put back
                self._next_sweep = now + _SELDOM
                self._sweeper.submit(lapse, self._desk, now).add_done_callback(_report)
                self._sweeper.submit(schedule_days, self._desk, now).add_done_callback(_report)
                self._sweeper.submit(self._desk.signals.revive).add_done_callback(_report)


def lapse(desk: Desk, now: datetime) -> None:
    """End applications whose certificate expired before the money came, and forget old answers and forms.

    An open attempt may have been paid in time and told late: its end is waited for.
    """
    waiting = ApplicationRecord.status.in_((ApplicationStatus.DRAFT, ApplicationStatus.ENTERED))
    of_application = AttemptRecord.business_no == ApplicationRecord.business_no
    undecided = exists().where(of_application, AttemptRecord.state.in_(OPEN_ATTEMPT))
    over = select(ApplicationRecord).where(waiting, ApplicationRecord.old_not_after < now, ~undecided)
    with writing(desk.engine) as db:
        lapsed = list(db.scalars(over.with_for_update(skip_locked=True)))
        entered = [record.business_no for record in lapsed if record.status is ApplicationStatus.ENTERED]
        for record in lapsed:
            record.status = ApplicationStatus.LAPSED
        forget_old_forms(db, now)
        db.execute(delete(AnswerRecord).where(AnswerRecord.created_at < now - _ANSWERS_KEPT))
    for business_no in entered:
        desk.signals.wake(business_no)


def claim(desk: Desk, chore: Chore, at_most: int) -> list[str]:
    """Take the rows that have been due longest, so that nobody else takes them during the lease."""
    now = desk.clock()
    is_due = or_(chore.due <= now, chore.due > now + _FAR)
    due = select(chore.number).where(is_due).order_by(chore.due).limit(at_most)
    if not at_most:
        return []
    with reading(desk.engine) as db:
        if db.scalar(due.limit(1)) is None:
            return []
    with writing(desk.engine) as db:
        claimed = list(db.scalars(due.with_for_update(skip_locked=True)))
        db.execute(update(chore.number.class_).where(chore.number.in_(claimed)).values({chore.due: now + _LEASE}))
        return claimed


def _report(done: "Future[None]") -> None:
    if error := done.exception():
        _LOG.error("a chore of the watch failed and is tried again", exc_info=error)
