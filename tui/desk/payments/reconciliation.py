"""The platform's daily bill against our own records: every difference is kept, told and, where a query can, settled.

A bill is not signed: a line of it never moves money, it only makes the desk ask the platform, whose signed answer goes
through the ordinary transition.
"""

import logging
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select

from tui.core.beijing import BEIJING
from tui.core.order import AttemptState
from tui.core.payment_method import PaymentMethod
from tui.desk.context import Desk
from tui.desk.numbers import numbers_in
from tui.desk.payments.apply import apply_outcome
from tui.desk.payments.bill import BillLine, OddLine
from tui.desk.payments.comparison import Comparison, Difference, Oddity
from tui.desk.payments.gateway import PaymentGateway, PaymentGatewayError
from tui.desk.payments.polling import to_port
from tui.desk.payments.refunds import pursue
from tui.desk.storage.database import reading, writing
from tui.desk.storage.reconciliations import DifferenceKind, DifferenceRecord, ReconciliationRecord
from tui.desk.storage.records import AttemptRecord, RefundRecord
from tui.desk.storage.transactions import Transaction

_LOG = logging.getLogger(__name__)
READY_AT = timedelta(hours=10)
"""Of the next day in Beijing: all platforms promise their bills for the morning."""
_AGAIN = timedelta(hours=1)
_PATIENCE = timedelta(days=1)
"""So long a missing bill may still come; then it means that nothing moved, or is an alarm."""
_CATCH_UP = 7
"""Days that a desk looks back for which it was not there."""
_LISTED = 50
"""Odd lines that one line of the log names."""


def schedule_days(desk: Desk, now: datetime) -> None:
    """See that yesterday, and what was missed before it, is due for every channel."""
    yesterday = now.astimezone(BEIJING).date() - timedelta(days=1)
    with writing(desk.engine) as db:
        for method in desk.gateways:
            known = select(ReconciliationRecord.day).where(ReconciliationRecord.method == method)
            days = set(db.unit.scalars(known))
            first = yesterday - timedelta(days=_CATCH_UP - 1) if days else yesterday
            for day in (first + timedelta(days=n) for n in range((yesterday - first).days + 1)):
                if day.isoformat() not in days and (not days or day.isoformat() > min(days)):
                    db.unit.add(_row(method, day, now))


def reconcile_due(desk: Desk, reconciliation_no: str) -> None:
    """Compare a day that is due; asked again hourly while the bill is not there."""
    with reading(desk.engine) as db:
        row = db.unit.get_one(ReconciliationRecord, reconciliation_no)
    if row.done_at is not None:
        return
    if row.method not in desk.gateways:
        _LOG.error("the bill of %s waits: %s is not set up", row.day, row.method.value)
        return
    try:
        comparison = reconcile(desk, row.method, date.fromisoformat(row.day))
    except PaymentGatewayError as error:
        _LOG.log(error.severity, "bill %s: %s", reconciliation_no, error)
        comparison = None
    now = desk.clock()
    with writing(desk.engine) as db:
        row = db.unit.get_one(ReconciliationRecord, reconciliation_no, with_for_update=True)
        if row.done_at is not None:
            return
        row.next_try_at = now + _AGAIN
        late = now > row.created_at + _PATIENCE
        if comparison is not None and comparison.entries is None and late and not comparison.ours:
            row.done_at, row.next_try_at = now, None
        elif late:
            _LOG.critical("bill %s is still not there", reconciliation_no)


def reconcile(desk: Desk, method: PaymentMethod, day: date) -> Comparison:
    """Compare one day and keep what differs; may be repeated.

    :raises PaymentGatewayError: the bill cannot be had.
    """
    gateway = desk.gateways[method]
    bill = gateway.bill(day)
    with writing(desk.engine) as db:
        lines, others = _split(db, bill.lines if bill else ())
        missing = _missing_there(db, gateway, day, lines)
        if bill is None:
            return Comparison(method, day, None, len(missing))
        found = [difference for line in lines if (difference := _compare(db, method, day, line))]
        ours = len(lines) - len(found) + len(missing)
        unreadable = [one for line in bill.odd for one in _may_be_ours(db, method, line)]
    told = {one.attempt_no for one in unreadable}
    missing = [one for one in missing if one.attempt_no not in told]
    differences = (*(_ask(desk, gateway, day, one) for one in found), *unreadable, *missing)
    odd = tuple(Oddity(one.line, one.number, one.why) for one in bill.odd)
    comparison = Comparison(method, day, len(lines), ours, differences, odd, others)
    _keep(desk, comparison)
    return comparison


def _may_be_ours(db: Transaction, method: PaymentMethod, odd: OddLine) -> list[Difference]:
    """One for each number of ours in it, known or not; and one where nothing tells whose line it is."""
    kind = DifferenceKind.UNREADABLE
    attempts = [(name, db.unit.get(AttemptRecord, name)) for name in numbers_in(odd.text)]
    found = [
        Difference(kind, name, "", attempt.paid_fen, None, attempt.state.value)
        if attempt is not None and attempt.method is method
        else Difference(kind, name, "", None, None, "")
        for name, attempt in attempts
    ]
    return found or ([] if odd.number else [Difference(kind, f"line {odd.line}", "", None, None, "")])


def _split(db: Transaction, lines: tuple[BillLine, ...]) -> tuple[tuple[BillLine, ...], tuple[Oddity, ...]]:
    """Lines under numbers of this desk's form or of its payments; and those of the seller's other shops."""
    ours, others = list[BillLine](), list[Oddity]()
    for line in lines:
        if numbers_in(f"{line.number} {line.refund_no}") or db.unit.get(AttemptRecord, line.number) is not None:
            ours.append(line)
        else:
            others.append(Oddity(line.line, line.number, "another shop"))
    return tuple(ours), tuple(others)


def _compare(db: Transaction, method: PaymentMethod, day: date, line: BillLine) -> Difference | None:
    attempt = db.unit.get(AttemptRecord, line.number)
    if attempt is None or attempt.method is not method:
        return Difference(DifferenceKind.MISSING_HERE, line.number, line.refund_no, None, line.amount_fen, "")
    if line.refund_no:
        return _compare_refund(db, day, line, attempt)
    if attempt.paid_fen is None:
        kind = DifferenceKind.MISSING_HERE
    else:
        attempt.billed_on = day.isoformat()
        if attempt.paid_fen == line.amount_fen:
            return None
        kind = DifferenceKind.AMOUNT
    return Difference(kind, line.number, "", attempt.paid_fen, line.amount_fen, attempt.state.value)


def _compare_refund(db: Transaction, day: date, line: BillLine, attempt: AttemptRecord) -> Difference | None:
    refund = db.unit.scalar(select(RefundRecord).where(RefundRecord.attempt_no == attempt.attempt_no))
    # What a platform gives back by itself (cancel) stands under the attempt's own number.
    if refund is None or line.refund_no not in (*refund.numbers, line.number):
        kind, ours = DifferenceKind.MISSING_HERE, None
    else:
        ours = refund.amount_fen
        refund.billed_on = day.isoformat()  # also of one that is done on a later day
        if ours == line.amount_fen and refund.done_at is not None:
            return None
        kind = DifferenceKind.AMOUNT if ours != line.amount_fen else DifferenceKind.STATE
    return Difference(kind, line.number, line.refund_no, ours, line.amount_fen, attempt.state.value)


def _missing_there(
    db: Transaction, gateway: PaymentGateway, day: date, lines: tuple[BillLine, ...]
) -> list[Difference]:
    method = gateway.method
    begin = datetime(day.year, day.month, day.day, tzinfo=BEIJING) - gateway.bill_edge
    end = begin + timedelta(days=1)
    theirs = {(line.number, bool(line.refund_no)) for line in lines}
    unbilled = ("", day.isoformat())
    attempts = select(AttemptRecord).where(
        AttemptRecord.method == method,
        AttemptRecord.paid_fen.is_not(None),
        AttemptRecord.paid_at >= begin,
        AttemptRecord.paid_at < end,
        AttemptRecord.billed_on.in_(unbilled),
    )
    refunds = (
        select(RefundRecord, AttemptRecord)
        .join(AttemptRecord, AttemptRecord.attempt_no == RefundRecord.attempt_no)
        .where(
            AttemptRecord.method == method,
            RefundRecord.done_at >= begin,
            RefundRecord.done_at < end,
            RefundRecord.billed_on.in_(unbilled),
        )
    )
    kind = DifferenceKind.MISSING_THERE
    return [
        Difference(kind, one.attempt_no, "", one.paid_fen, None, one.state.value)
        for one in db.unit.scalars(attempts)
        if (one.attempt_no, False) not in theirs
    ] + [
        Difference(kind, one.attempt_no, one.refund_no, one.amount_fen, None, attempt.state.value)
        for one, attempt in db.unit.execute(refunds)
        if (one.attempt_no, True) not in theirs
    ]


def _ask(desk: Desk, gateway: PaymentGateway, day: date, found: Difference) -> Difference:
    """Let the platform's signed word settle what its bill says and we did not know."""
    try:
        if found.kind is DifferenceKind.STATE:
            pursue(desk, f"RF{found.attempt_no}")
        elif found.kind is DifferenceKind.MISSING_HERE and found.ours_state:
            with reading(desk.engine) as db:
                attempt = db.unit.get_one(AttemptRecord, found.attempt_no)
            apply_outcome(desk, attempt.attempt_no, gateway.query(to_port(attempt)))
        else:
            return found
    except PaymentGatewayError as error:
        _LOG.log(error.severity, "query of attempt %s after its bill: %s", found.attempt_no, error)
        return found
    line = BillLine(found.attempt_no, found.refund_no, found.theirs_fen or 0)
    with writing(desk.engine) as db:
        again = _same(db, gateway.method, day, line)
    return Difference(
        found.kind,
        found.attempt_no,
        found.refund_no,
        found.ours_fen,
        found.theirs_fen,
        found.ours_state,
        settled=again,
    )


def _same(db: Transaction, method: PaymentMethod, day: date, line: BillLine) -> bool:
    attempt = db.unit.get_one(AttemptRecord, line.number)
    if attempt.method is not method:
        return False
    if not line.refund_no:
        attempt.billed_on = day.isoformat()
        return attempt.paid_fen == line.amount_fen and attempt.state is not AttemptState.FROZEN
    refund = db.unit.scalar(select(RefundRecord).where(RefundRecord.attempt_no == line.number))
    if refund is None:
        return False
    refund.billed_on = day.isoformat()
    return refund.done_at is not None and refund.amount_fen == line.amount_fen


def _keep(desk: Desk, comparison: Comparison) -> None:
    number, now = _number(comparison.method, comparison.day), desk.clock()
    for one in comparison.differences:
        _LOG.critical(
            "bill %s: %s %s: %s here, %s there%s",
            number,
            one.kind,
            one.refund_no or one.attempt_no,
            one.ours_fen,
            one.theirs_fen,
            ", settled" if one.settled else "",
        )
    if comparison.odd:
        places = ", ".join(str(one.line) for one in comparison.odd[:_LISTED])
        more = " …" if len(comparison.odd) > _LISTED else ""
        _LOG.warning("bill %s: %d lines are odd: %s%s", number, len(comparison.odd), places, more)
    with writing(desk.engine) as db:
        row = db.unit.get(ReconciliationRecord, number, with_for_update=True)
        if row is None:
            row = _row(comparison.method, comparison.day, now)
            db.unit.add(row)
            db.flush()
        row.done_at, row.next_try_at, row.entries = now, None, comparison.entries or 0
        db.unit.execute(delete(DifferenceRecord).where(DifferenceRecord.reconciliation_no == number))
        for one in comparison.differences:
            db.unit.add(
                DifferenceRecord(
                    reconciliation_no=number,
                    kind=one.kind,
                    attempt_no=one.attempt_no[:255],
                    refund_no=one.refund_no[:255],
                    ours_fen=one.ours_fen,
                    theirs_fen=one.theirs_fen,
                    ours_state=one.ours_state,
                    settled=one.settled,
                )
            )


def _row(method: PaymentMethod, day: date, now: datetime) -> ReconciliationRecord:
    ready = datetime(day.year, day.month, day.day, tzinfo=BEIJING) + timedelta(days=1) + READY_AT
    return ReconciliationRecord(
        reconciliation_no=_number(method, day),
        method=method,
        day=day.isoformat(),
        created_at=now,
        next_try_at=max(now, ready),
        entries=0,
    )


def _number(method: PaymentMethod, day: date) -> str:
    return f"{method.value}-{day.isoformat()}"
