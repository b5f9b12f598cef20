"""The one place that writes what has become of money: locks the bill, lets the machine advance it, stores the result.

Nobody else writes the state of an attempt or a refund, an application's payment status, or the status that money
decides. An event is one transaction of the application's row first, then its attempts with their refunds; what has to
be done elsewhere stands in the rows as a due time, written with the move.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.exc import NoResultFound

from tui.desk.context import Desk
from tui.desk.payments.gateway import Outcome, TradeState
from tui.desk.payments.machine import advance
from tui.desk.payments.machine import events as e
from tui.desk.payments.machine.bill import Attempt, Bill, Refund
from tui.desk.payments.machine.effects import Alarm, Effect
from tui.desk.payments.machine.refusals import Refusal
from tui.desk.storage.database import writing
from tui.desk.storage.records import ApplicationRecord, AttemptRecord, RefundRecord
from tui.desk.storage.rows import new, row, save, side_by_side
from tui.desk.storage.statements import ask
from tui.desk.storage.transactions import Transaction

_LOG = logging.getLogger(__name__)
Effects = tuple[Effect, ...]
_OF_APPLICATION = ("paid_at", "issued_at", "payment_status")
_OF_ATTEMPT = ("state", "qr", "queries", "next_query_at", "paid_fen", "paid_at", "platform_no")
_OF_REFUND = ("state", "ordinal", "txn_time", "tries", "next_try_at", "refusal", "done_at")
_APPLICATIONS = select(*ApplicationRecord.__table__.columns).with_for_update()
_LOCKED = _APPLICATIONS.where(ApplicationRecord.business_no == bindparam("number"))
_OF_THE_ATTEMPT = select(AttemptRecord.business_no).where(AttemptRecord.attempt_no == bindparam("number"))
_LOCKED_BY_ATTEMPT = _APPLICATIONS.where(ApplicationRecord.business_no == _OF_THE_ATTEMPT.scalar_subquery())
_ATTEMPTS = (
    select(*AttemptRecord.__table__.columns, *RefundRecord.__table__.columns)
    .outerjoin(RefundRecord, RefundRecord.attempt_no == AttemptRecord.attempt_no)
    .where(AttemptRecord.business_no == bindparam("business_no"))
    .order_by(AttemptRecord.ordinal)
)


class LockedBill:
    """One bill under its application's lock, and its rows; `save` writes what was changed of them."""

    def __init__(self, db: Transaction, application: ApplicationRecord, now: datetime) -> None:
        """Load what belongs to it; the caller's transaction holds the lock."""
        self.db, self.application, self.now = db, application, now
        self.records: dict[str, AttemptRecord] = {}
        self._refunds: dict[str, RefundRecord] = {}
        for found in ask(db.connection(), _ATTEMPTS, {"business_no": application.business_no}):
            attempt, refund = side_by_side((AttemptRecord, RefundRecord), found)
            self.records[attempt.attempt_no] = attempt
            if refund is not None:
                self._refunds[attempt.attempt_no] = refund
        self.bill = Bill(
            application.status,
            application.old_not_after,
            application.paid_at,
            application.issued_at,
            tuple(map(_attempt, self.records.values())),
            tuple(map(_refund, self._refunds.values())),
        )

    def apply(self, event: e.Event) -> Effects | Refusal:
        """Advance the bill and store what changed; a refusal changes nothing."""
        step = advance(self.bill, event, self.now)
        if isinstance(step, Refusal):
            return step
        self.bill, effects = step
        for effect in effects:
            if isinstance(effect, Alarm):
                _LOG.critical(effect.text)
        self._store()
        return effects

    def open(self, made: AttemptRecord) -> Effects | Refusal:
        """Open a payment under this new row, which has no state yet."""
        step = self.apply(e.PaymentOpened(_attempt(made)))
        if not isinstance(step, Refusal):
            self.save()  # before the insert: at most one code is shown
            self.records[made.attempt_no] = made
            self._store()
        return step

    def save(self) -> None:
        """Write what was changed, to be read by whoever asks the database."""
        for record in (self.application, *self.records.values(), *self._refunds.values()):
            save(self.db, record)

    def _store(self) -> None:
        self.application.become(self.bill.status)
        _write(self.application, self.bill, _OF_APPLICATION)
        for attempt in self.bill.attempts:
            if attempt.number in self.records:
                _write(self.records[attempt.number], attempt, _OF_ATTEMPT)
        for refund in self.bill.refunds:
            known = self._refunds.get(refund.attempt_no)
            if known is None:
                known = self._refunds[refund.attempt_no] = new(
                    RefundRecord,
                    refund_no=refund.number,
                    attempt_no=refund.attempt_no,
                    business_no=self.application.business_no,
                    amount_fen=refund.amount_fen,
                    cause=refund.cause,
                )
            _write(known, refund, _OF_REFUND)


@contextmanager
def locked(desk: Desk, business_no: str = "", *, attempt_no: str = "") -> Iterator[LockedBill]:
    """A bill, by its application's number or by that of one of its attempts, in a transaction of its own.

    :raises NoResultFound: there is none.
    """
    asked = _LOCKED_BY_ATTEMPT if attempt_no else _LOCKED
    with writing(desk.engine) as db:
        found = ask(db.connection(), asked, {"number": attempt_no or business_no})
        if not found:
            raise NoResultFound(attempt_no or business_no)
        held = LockedBill(db, row(ApplicationRecord, found[0]), desk.clock())
        yield held
        held.save()


def apply(desk: Desk, event: e.OfAttempt | e.OfRefund) -> Effects | Refusal:
    """Let one event happen, in one transaction."""
    with locked(desk, attempt_no=event.attempt_no) as held:
        return held.apply(event)


def apply_outcome(desk: Desk, attempt_no: str, outcome: Outcome) -> Effects | Refusal:
    """Let happen what the platform says about an attempt; the second messenger changes nothing."""
    return apply(desk, word_of(attempt_no, outcome))


def word_of(attempt_no: str, outcome: Outcome) -> e.PlatformWord:
    """The platform's statement as an event."""
    match outcome.state:
        case TradeState.PAID:
            paid = outcome.paid_fen if outcome.paid_fen is not None else -1  # never the amount: frozen
            return e.TradePaid(attempt_no, paid, outcome.paid_at, outcome.platform_no or "")
        case TradeState.CLOSED if outcome.paid_at is not None:
            return e.ReturnedByPlatform(attempt_no, outcome.paid_fen, outcome.paid_at, outcome.platform_no or "")
        case TradeState.CLOSED:
            return e.TradeClosed(attempt_no, outcome.paid_fen)
        case TradeState.NOT_SCANNED:
            return e.TradeNotScanned(attempt_no)
        case TradeState.SCANNED:
            return e.TradeScanned(attempt_no)
        case TradeState.UNKNOWN:
            return e.TradeUndecided(attempt_no)


def _attempt(record: AttemptRecord) -> Attempt:
    fixed = Attempt(record.attempt_no, record.amount_fen, record.txn_time, record.shown_until, record.expires_at)
    if record.state is None:
        return fixed
    return replace(fixed, **{name: getattr(record, name) for name in _OF_ATTEMPT})


def _refund(record: RefundRecord) -> Refund:
    fixed = Refund(record.attempt_no, record.amount_fen, record.cause, record.txn_time)
    return replace(fixed, **{name: getattr(record, name) for name in _OF_REFUND})


def _write(record: object, value: object, names: tuple[str, ...]) -> None:
    """What has another value than before will be written."""
    for name in names:
        setattr(record, name, getattr(value, name))
