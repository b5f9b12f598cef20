"""What the payment platforms send by themselves: proved, kept, then applied like every other word."""

import logging
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import bindparam, delete, insert, or_, select, update

from tui.core.order import AttemptState
from tui.core.payment_method import PaymentMethod
from tui.desk.context import Desk
from tui.desk.numbers import number
from tui.desk.payments.apply import Effects, apply, apply_outcome, locked, word_of
from tui.desk.payments.gateway import (
    AnswerNotGenuine,
    GatewayUnknown,
    NoticeKind,
    Outcome,
    PaymentGateway,
    PaymentGatewayError,
    PaymentNotice,
    TradeState,
)
from tui.desk.payments.machine.effects import Alarm
from tui.desk.payments.machine.events import ReturnedByPlatform
from tui.desk.payments.machine.refusals import Refusal
from tui.desk.payments.notice_rules import NO_HEADERS
from tui.desk.payments.polling import to_port
from tui.desk.storage.database import glancing, write, writing
from tui.desk.storage.inserts import change
from tui.desk.storage.records import AttemptRecord, NoticeRecord, RefundRecord
from tui.desk.storage.rows import names_of, new, seek, written
from tui.desk.storage.statements import ask

_LOG = logging.getLogger(__name__)
_REFUSED = "refused: "
_REFUSED_KEPT = timedelta(days=7)
_PUT_AWAY = AttemptState.CLOSING, AttemptState.CLOSED
_KEPT = (
    insert(NoticeRecord)
    .values({name: bindparam(f"new_{name}") for name in names_of(NoticeRecord) if name != "id"})
    .returning(NoticeRecord.id)
)
_NOTED = (
    update(NoticeRecord)
    .where(NoticeRecord.id == bindparam("number"))
    .values(result=bindparam("said"))
    .returning(NoticeRecord.id)
)
_REFUND = (
    select(RefundRecord.refund_no)
    .join(AttemptRecord, AttemptRecord.attempt_no == RefundRecord.attempt_no)
    .where(
        AttemptRecord.method == bindparam("method"),
        or_(
            RefundRecord.refund_no == bindparam("number"),
            RefundRecord.refund_no == bindparam("first"),
            RefundRecord.attempt_no == bindparam("number"),
        ),
    )
)
_REFUND_DUE = (
    update(RefundRecord)
    .where(RefundRecord.refund_no == bindparam("number"), RefundRecord.done_at.is_(None))
    .values(next_try_at=bindparam("now"))
)


def receive(
    desk: Desk, method: PaymentMethod, body: bytes, query: str, headers: Mapping[str, str] = NO_HEADERS
) -> bytes | None:
    """Take in one notice; the channel's reply, or None when it must come again: it proves nothing or is not checked."""
    gateway = desk.gateways.get(method)
    if gateway is None:
        return None
    raw = _raw(body, headers, gateway.notices.proof)
    url = f"{desk.settings.public_url}/notify/{method.value}"
    try:
        notice = gateway.read_notice(body, f"{url}?{query}" if query else url, headers)
    except AnswerNotGenuine as error:
        if desk.refused_notices.take(desk.clock()):
            _forget_refused(desk)
            notice_id = _insert(desk, method, raw, f"{_REFUSED}{error}")
            _LOG.error("notice %s of %s is not genuine: %s", notice_id, method.value, error)
        return None
    notice_id = _insert(desk, method, raw)
    with glancing(desk.engine) as connection:
        attempt = seek(connection, AttemptRecord, notice.number) if notice.kind is not NoticeKind.REFUND else None
    try:
        _note(desk, notice_id, _apply(desk, method, gateway, notice, attempt))
    except PaymentGatewayError as error:
        _LOG.log(error.severity, "notice %s of %s is not checked yet: %s", notice_id, method.value, error)
        _note(desk, notice_id, f"not checked: {type(error).__name__}")
        return None
    return gateway.notices.taken


def _apply(
    desk: Desk, method: PaymentMethod, gateway: PaymentGateway, notice: PaymentNotice, attempt: AttemptRecord | None
) -> str:
    if notice.kind is NoticeKind.REFUND:
        return _apply_refund(desk, method, notice.number)
    if attempt is None or attempt.method is not method:
        _LOG.error("a genuine notice of %s names an unknown attempt", method.value)
        return "unknown attempt"
    if notice.txn_time is not None and notice.txn_time != attempt.txn_time:
        _LOG.error("a genuine notice names another time of attempt %s", attempt.attempt_no)
        return "another time"
    step = _apply_word(desk, attempt.attempt_no, notice.outcome)
    if step is None:
        _apply_late(desk, gateway, attempt)
        step = apply_outcome(desk, attempt.attempt_no, notice.outcome)
    alarms = [] if isinstance(step, Refusal) else [effect.text for effect in step if isinstance(effect, Alarm)]
    return alarms[0] if alarms else "settled"


def _apply_refund(desk: Desk, method: PaymentMethod, number: str) -> str:
    """A hint: the refund is asked for at once. It is named by its order, or as after a cancel by its attempt."""
    named = {"method": method, "number": number, "first": number[:-2]}  # the latter of a further order
    with glancing(desk.engine) as connection:
        known = ask(connection, _REFUND, named)
    if not known:
        _LOG.error("a genuine notice of %s names an unknown refund", method.value)
        return "unknown refund"
    with writing(desk.engine) as db:
        change(db, RefundRecord, _REFUND_DUE, {"number": known[0][0], "now": desk.clock()})
    return "refund"


def _apply_word(desk: Desk, attempt_no: str, outcome: Outcome) -> Effects | Refusal | None:
    """None, and nothing done: it says paid of a code that was put away, which only a query settles."""
    with locked(desk, attempt_no=attempt_no) as held:
        if outcome.state is TradeState.PAID and held.records[attempt_no].state in _PUT_AWAY:
            return None
        return held.apply(word_of(attempt_no, outcome))


def _apply_late(desk: Desk, gateway: PaymentGateway, attempt: AttemptRecord) -> None:
    """Ending may have given the money back since the notice was written: what is true now is applied before it.

    :raises GatewayUnknown: the platform's query denies what its notice says: it must send the notice again.
    """
    now = gateway.query(to_port(attempt))
    match now.state:
        case TradeState.PAID:
            apply_outcome(desk, attempt.attempt_no, now)
        case TradeState.CLOSED if now.paid_fen is not None:
            apply(desk, ReturnedByPlatform(attempt.attempt_no, now.paid_fen, now.paid_at, now.platform_no or ""))
        case _:
            raise GatewayUnknown(f"the notice says paid, a query {now.state.value}")


def _raw(body: bytes, headers: Mapping[str, str], proof: tuple[str, ...]) -> bytes:
    """The notice with what proves it, as `desk verify` reads it."""
    lines = [f"{name}: {headers[name]}\r\n" for name in proof if name in headers]
    return "".join([*lines, "\r\n"]).encode("latin-1") + body if proof else body


def _insert(desk: Desk, method: PaymentMethod, body: bytes, result: str = "") -> int:
    now = desk.clock()
    notice_no = number("TZ", now)
    kept = new(NoticeRecord, notice_no=notice_no, method=method, body=body, received_at=now, result=result[:255])
    (notice_id,) = write(desk.engine, _KEPT, written(kept))
    return int(notice_id)


def _note(desk: Desk, notice_id: int, result: str) -> None:
    write(desk.engine, _NOTED, {"number": notice_id, "said": result[:255]})


def _forget_refused(desk: Desk) -> None:
    """Delete what proved nothing and is old; genuine notices are kept."""
    old = NoticeRecord.result.startswith(_REFUSED), NoticeRecord.received_at < desk.clock() - _REFUSED_KEPT
    with writing(desk.engine) as db:
        db.unit.execute(delete(NoticeRecord).where(*old))
