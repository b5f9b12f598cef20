"""What an operator may decide about money: give it back, or release what is frozen; each with name and reason."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import NoResultFound

from tui.core.order import AttemptState
from tui.desk.context import Desk
from tui.desk.invoices.service import request_red_invoice
from tui.desk.payments.apply import LockedBill, locked, word_of
from tui.desk.payments.machine import events as e
from tui.desk.payments.machine.effects import RedInvoice
from tui.desk.payments.machine.refusals import Refusal
from tui.desk.payments.polling import to_port
from tui.desk.storage.audit_log import ActKind, ActRecord
from tui.desk.storage.database import reading
from tui.desk.storage.records import ApplicationRecord, AttemptRecord

WORDS = {
    Refusal.NO_ATTEMPT: "没有已入账的付款 / no credited payment",
    Refusal.GOES_BACK: "这笔付款已在退款 / this payment goes back already",
    Refusal.FROZEN: "这笔付款已冻结，请用 desk release / this payment is frozen: use desk release",
    Refusal.NOT_CREDITED: "这笔付款没有入账 / this payment was not credited",
    Refusal.CERTIFICATE_OUT: "证书已签发，确要退款请加 --after-issue / the certificate is issued: add --after-issue",
    Refusal.NOT_PAID_IN_FULL: "支付平台未确认足额付款，不能入账 / the platform does not say paid with the right amount",
    Refusal.NO_MONEY_AWAITED: (
        "这笔申请不再等待付款，只能退回 / the application waits for no money any more: return it"
    ),
    Refusal.PAID_TOO_LATE: "付款时原证书已过期，只能退回 / paid after the certificate had expired: return it",
    Refusal.UNDECIDED: "支付平台尚无结论，请稍后再试 / the platform has not decided yet: try later",
}
"""Of every refusal that an operator can meet, but of those that name the attempt."""


class NotAllowed(Exception):  # noqa: N818
    """A rule says no; the text says which, in both languages."""


@dataclass(frozen=True, slots=True)
class Act:
    """A decision: who takes it, and why."""

    kind: ActKind
    operator: str
    reason: str


def refund(desk: Desk, business_no: str, act: Act, *, attempt_no: str = "", after_issue: bool = False) -> str:
    """Decide that the money of an application goes back, and return the attempt's number; a running desk sends it.

    Before the issue the application is withdrawn with it; once the certificate is out, only with ``after_issue``.

    :raises NotAllowed: no such application or payment, or a rule says no.
    """
    with _bill(desk, business_no) as held:
        credited = held.bill.credited
        number = attempt_no or (credited.number if credited else "")
        _decide(held, act, e.OperatorRefunded(number, after_issue))
        return number


def release(desk: Desk, business_no: str, attempt_no: str, act: Act) -> AttemptState:
    """Decide about a frozen attempt by what its platform says now; the attempt's new state.

    :raises NotAllowed: it is not frozen, or the platform's word does not bear the decision.
    :raises PaymentGatewayError: the platform was not to be heard.
    """
    with reading(desk.engine) as db:
        if db.unit.get(ApplicationRecord, business_no) is None:
            raise _no_application(business_no)
        attempt = _frozen(db.unit.get(AttemptRecord, attempt_no), business_no, attempt_no)
    gateway = desk.gateways.get(attempt.method)
    if gateway is None:
        raise NotAllowed(f"没有配置 {attempt.method.value} / {attempt.method.value} is not set up")
    word = word_of(attempt_no, gateway.query(to_port(attempt)))
    with _bill(desk, business_no) as held:
        attempt = _frozen(held.records.get(attempt_no), business_no, attempt_no)
        credit = act.kind is ActKind.CREDIT
        _decide(held, act, e.OperatorCredited(attempt_no, word) if credit else e.OperatorReturned(attempt_no, word))
        return attempt.state


def _decide(held: LockedBill, act: Act, event: e.OperatorRefunded | e.OperatorCredited | e.OperatorReturned) -> None:
    """Let it happen, with the invoice that goes with it, and keep who decided it."""
    effects = held.apply(event)
    if isinstance(effects, Refusal):
        raise NotAllowed(WORDS[effects])
    if RedInvoice() in effects:
        held.save()
        request_red_invoice(held.db, held.application.business_no, held.now)
    _record(held, act, event.attempt_no)


@contextmanager
def _bill(desk: Desk, business_no: str) -> Iterator[LockedBill]:
    try:
        with locked(desk, business_no) as held:
            yield held
    except NoResultFound as error:
        raise _no_application(business_no) from error


def _no_application(business_no: str) -> NotAllowed:
    return NotAllowed(f"没有这笔申请 / no application {business_no}")


def _frozen(attempt: AttemptRecord | None, business_no: str, attempt_no: str) -> AttemptRecord:
    if attempt is None or attempt.business_no != business_no:
        raise NotAllowed(f"没有这笔付款 / no attempt {attempt_no} of {business_no}")
    if attempt.state is not AttemptState.FROZEN:
        raise NotAllowed(f"这笔付款没有冻结 / this payment is not frozen but {attempt.state.value}")
    return attempt


def _record(held: LockedBill, act: Act, attempt_no: str) -> None:
    held.db.unit.add(
        ActRecord(
            act_no=secrets.token_hex(16),
            business_no=held.application.business_no,
            attempt_no=attempt_no,
            kind=act.kind,
            operator=act.operator,
            reason=act.reason.encode(),
            done_at=held.now,
        )
    )
