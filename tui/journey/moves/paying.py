"""Steps 5 to 7: payment notice, order, channel, method and invoice, QR code."""

from dataclasses import replace

from tui.core.failure import Failure, Reason
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.moves.common import Next, at, enter
from tui.journey.state import Busy, State, Step


def to_order(state: State, event: e.PayNoticeConfirmed | e.BackPressed) -> Next:
    """The order page, with the application watched."""
    return enter(state, Step.ORDER)


def open_payment(state: State, event: e.PaymentOpened) -> Next:
    """立即支付; an attempt that is shown elsewhere is shown here too."""
    return (state, ()) if state.busy else (at(state, Step.CHANNEL), ())


def withdraw(state: State, event: e.WithdrawalConfirmed) -> Next:
    """撤销申请, confirmed."""
    if state.busy or state.application is None:
        return state, ()
    return replace(state, busy=Busy.WITHDRAWING, failure=None), (c.Withdraw(state.application.business_no),)


def choose_online(state: State, event: e.OnlineChosen) -> Next:
    """在线支付, 下一步."""
    return at(state, Step.METHOD), ()


def back_to_channel(state: State, event: e.BackPressed) -> Next:
    """From method and invoice; what was typed stays."""
    return (state, ()) if state.busy else (at(state, Step.CHANNEL), ())


def edit_invoice(state: State, event: e.InvoiceEdited) -> Next:
    """Keep what was chosen and typed."""
    return replace(state, method=event.method, invoice=event.invoice), ()


def submit_payment(state: State, event: e.PaymentSubmitted) -> Next:
    """提交 of method and invoice: opens the payment attempt."""
    if state.busy:
        return state, ()
    from tui.core.application import check_invoice, normalise_invoice  # its expressions take milliseconds to compile

    invoice = normalise_invoice(event.invoice)
    state = replace(state, method=event.method, invoice=invoice, failure=None)
    if errors := check_invoice(invoice, state.today):
        named = tuple((name, error.value) for name, error in errors)
        return replace(state, failure=Failure(Reason.FORM_INVALID, field_errors=named)), ()
    return _pay(state)


def renew_qr(state: State, event: e.QrRenewed) -> Next:
    """A new QR code; the desk ends the old attempt first."""
    return (state, ()) if state.busy else _pay(state)


def _pay(state: State) -> Next:
    if (application := state.application) is None:
        return state, ()
    pay = c.Pay(application.business_no, state.method, state.invoice)
    return replace(state, busy=Busy.ORDERING, failure=None), (pay,)


def query_payment(state: State, event: e.PaymentClaimed) -> Next:
    """支付成功: the platform is asked at once."""
    if state.busy or state.application is None:
        return state, ()
    return replace(state, busy=Busy.QUERYING, failure=None), (c.QueryPayment(state.application.business_no),)


def change_method(state: State, event: e.BackPressed) -> Next:
    """Another method: the open attempt is ended first, after a last query."""
    if state.busy or state.application is None:
        return state, ()
    return replace(state, busy=Busy.ENDING_PAYMENT, failure=None), (c.EndPayment(state.application.business_no),)


def watch(state: State, event: e.Retried) -> Next:
    """Look at once instead of at the next poll."""
    if state.application is None:
        return state, ()
    return replace(state, failure=None), (c.WatchApplication(state.application.business_no),)
