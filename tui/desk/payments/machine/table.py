"""The whole money on one page: which event moves an attempt, a bill or a refund, and by which move; and why not."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tui.core.order import ApplicationStatus, AttemptState, RefundState
from tui.desk.payments.machine import application, codes, money, operators, refunds
from tui.desk.payments.machine import events as e
from tui.desk.payments.machine.bill import Bill
from tui.desk.payments.machine.move import Move, Next
from tui.desk.payments.machine.refusals import Refusal

S, A, R, No = AttemptState, ApplicationStatus, RefundState, Refusal
Row = Mapping[type[Any], Move | Refusal]

_TAKEN: Row = {e.PaymentOpened: No.ALREADY_PAID, e.Withdrawn: No.ALREADY_PAID, e.Lapsed: No.ALREADY_PAID}
_OVER: Row = {e.PaymentOpened: No.MOVED_ON, e.Withdrawn: No.MOVED_ON, e.Lapsed: No.MOVED_ON}
_NOT_ISSUING: Row = {e.Issued: No.NOT_ISSUING, e.IssueRefused: No.NOT_ISSUING}

APPLICATION: Mapping[ApplicationStatus, Row] = {
    A.DRAFT: {
        **_NOT_ISSUING,
        e.PaymentOpened: No.MOVED_ON,
        e.Withdrawn: application.withdraw,
        e.Lapsed: application.lapse,
    },
    A.ENTERED: {
        **_NOT_ISSUING,
        e.PaymentOpened: application.open_payment,
        e.Withdrawn: application.withdraw,
        e.Lapsed: application.lapse,
    },
    A.ISSUING: {**_TAKEN, e.Issued: application.issue, e.IssueRefused: application.refuse_issue},
    A.ISSUED: {**_TAKEN, **_NOT_ISSUING},
    A.INSTALLED: {**_TAKEN, **_NOT_ISSUING},
    A.WITHDRAWN: {**_OVER, **_NOT_ISSUING, e.Withdrawn: No.WITHDRAWN},
    A.LAPSED: {**_OVER, **_NOT_ISSUING},
    A.FAILED: {**_OVER, **_NOT_ISSUING},
}

_UNPAID: Row = {
    e.OperatorRefunded: No.NOT_CREDITED,
    e.OperatorCredited: No.NOT_FROZEN,
    e.OperatorReturned: No.NOT_FROZEN,
}
_OPEN: Row = {
    **_UNPAID,
    e.TradeNotScanned: codes.ask_again,
    e.TradeUndecided: codes.ask_again,
    e.TradePaid: money.credit,
    e.TradeClosed: codes.close,
    e.ReturnedByPlatform: money.return_done,
    e.GaveUp: codes.give_up,
}
_STARTING: Row = {
    **_OPEN,
    e.CodeClaimed: codes.claim,
    e.CodeIssued: codes.show,
    e.AnswerLost: codes.lose,
    e.StartRefused: codes.take_down,
    e.CodeTakenDown: codes.take_down,
    e.TradeScanned: codes.scan,
}
_ANSWERED: Row = {e.CodeIssued: codes.keep_code, e.AnswerLost: No.ANSWERED, e.StartRefused: No.ANSWERED}
_PUT_AWAY: Row = {**_ANSWERED, e.CodeClaimed: No.NO_CODE_SHOWN, e.CodeTakenDown: No.NO_CODE_SHOWN}
_FINAL: Row = {
    **_UNPAID,
    **_PUT_AWAY,
    e.TradeNotScanned: No.DECIDED,
    e.TradeScanned: No.DECIDED,
    e.TradeUndecided: No.DECIDED,
    e.TradePaid: money.hear_again,
    e.TradeClosed: No.DECIDED,
    e.ReturnedByPlatform: No.DECIDED,
    e.GaveUp: No.DECIDED,
}

ATTEMPT: Mapping[AttemptState, Row] = {
    S.CREATED: _STARTING,
    S.UNKNOWN: _STARTING,
    S.QR_SHOWN: {
        **_OPEN,
        **_ANSWERED,
        e.CodeClaimed: No.CODE_KNOWN,
        e.CodeTakenDown: codes.take_down,
        e.TradeScanned: codes.scan,
    },
    S.SCANNED: {
        **_OPEN,
        **_ANSWERED,
        e.CodeClaimed: codes.claim,
        e.CodeTakenDown: codes.take_down,
        e.TradeScanned: codes.scan,
    },
    S.CLOSING: {**_OPEN, **_PUT_AWAY, e.TradeScanned: codes.ask_again},
    S.CLOSED: {
        **_FINAL,
        e.TradeNotScanned: codes.ask_again,
        e.TradeScanned: codes.reopen,
        e.TradeUndecided: codes.reopen,
        e.TradeClosed: codes.ask_again,
        e.TradePaid: money.credit,
        e.ReturnedByPlatform: money.return_done,
    },
    S.PAID: {**_FINAL, e.ReturnedByPlatform: money.take_back, e.OperatorRefunded: operators.refund_bill},
    S.REFUNDING: {**_FINAL, e.ReturnedByPlatform: money.return_done, e.OperatorRefunded: No.GOES_BACK},
    S.REFUNDED: {**_FINAL, e.OperatorRefunded: No.GOES_BACK},
    S.FROZEN: {
        **dict.fromkeys(_FINAL, No.FROZEN),
        e.CodeIssued: codes.keep_code,
        e.TradePaid: money.note,
        e.OperatorCredited: operators.credit_frozen,
        e.OperatorReturned: operators.return_frozen,
    },
}

_SENT: Row = {
    e.RefundDone: refunds.complete,
    e.RefundPending: refunds.await_refund,
    e.RefundRefused: refunds.put_off,
    e.RefundFailed: refunds.renew,
}

REFUND: Mapping[RefundState, Row] = {
    R.ABSENT: {**_SENT, e.RefundFailed: refunds.fail},
    R.PENDING: _SENT,
    R.REFUSED: _SENT,
    R.FAILED: _SENT,
    R.DONE: dict.fromkeys(_SENT, No.REFUND_DONE),
}

PAGE: Mapping[str, Mapping[Any, Row]] = {"application": APPLICATION, "attempt": ATTEMPT, "refund": REFUND}
"""All of it, by what has the state."""


def advance(bill: Bill, event: e.Event, now: datetime) -> Next | Refusal:
    """The bill after the event and what is to be done elsewhere; or why it moves nothing."""
    kind = type(event)
    if isinstance(event, e.OfBill):
        step = APPLICATION[bill.status][kind]
        return step.act(bill, event, now) if isinstance(step, Move) else step
    if isinstance(event, e.OfRefund):
        refund = bill.refund(event.attempt_no)
        if refund is None:
            return Refusal.NO_REFUND
        step = REFUND[refund.state][kind]
        return step.act(bill, refund, event, now) if isinstance(step, Move) else step
    attempt = bill.attempt(event.attempt_no)
    if attempt is None:
        return Refusal.NO_ATTEMPT
    step = ATTEMPT[attempt.state][kind]
    return step.act(bill, attempt, event, now) if isinstance(step, Move) else step
