"""Step 6: the order; 立即支付 or 撤销申请, or that its money came."""

from collections.abc import Iterable

from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.core.order import Application, ApplicationStatus, Offer, Order, PaymentStatus, yuan
from tui.journey.events import PaymentOpened, WithdrawalConfirmed
from tui.journey.state import State
from tui.kiosk.screens.base import StepScreen, style
from tui.kiosk.screens.keys import BACK, END, RETRY
from tui.kiosk.text import N_, _
from tui.kiosk.text.dates import day, moment
from tui.kiosk.text.labels import label
from tui.kiosk.text.money_came import NOT_AGAIN, RECEIVED, UNDER_REVIEW, what_now
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.amount import Amount
from tui.kiosk.widgets.facts import Fact, table
from tui.kiosk.widgets.fee_table import FeeTable
from tui.kiosk.widgets.words import Words


class OrderScreen(StepScreen):
    """What is bought and its fees; below, and quieter, 业务信息 and 订单详情.

    Once money came nothing is asked for: that it is safe, that nothing is to be paid again, and what to do now.
    """

    CSS_PATH = style("paying.tcss")
    heading = N_("核对订单")
    help_text = N_(
        "请核对信息和费用。无误按「立即支付」；有误按「撤销申请」，撤销后可以重新填写申请表。"
        "\n\n付款以后不能撤销，如需退款请联系客服。"
    )
    keys = (BACK, RETRY, END)

    def compose_body(self) -> Iterable[Widget]:
        """What it is for and its fees, or what is certain of the money and what to do now; business beside order."""
        yield Words(id="money")
        yield Words(id="what-now")
        yield Words(id="bought")
        yield Words(id="total")
        yield FeeTable(id="fees")
        yield Horizontal(Words(id="business"), Words(id="order"), id="order-facts")

    def compose_actions(self) -> Iterable[Widget]:
        """立即支付 with the amount, and apart from them 撤销申请; nothing but the way out once money came."""
        yield ActionButton(_("立即支付"), "pay", primary=True)
        yield ActionButton(_("结束办理"), "end", primary=True, id="end")
        yield Amount()
        yield ActionButton(_("撤销申请"), "withdraw", id="withdraw")

    def focus_target(self, state: State) -> str:
        """立即支付; the way out once money came."""
        return "#end" if state.application is not None and _came(state.application) else super().focus_target(state)

    def show(self, state: State) -> None:
        """Draw the order as it now is."""
        application = state.application
        if application is None:
            return
        came = _came(application)
        self.set_class(came, "-came")
        heading = _("等待人工核对") if application.is_frozen else _("付款已收到") if came else _(self.heading)
        self.query_one("#heading", Static).update(Content(heading))
        self.query_one(Amount).show(application if self.offers("pay", state) else None, _("总价"))
        for name in ("#bought", "#fees"):
            self.query_one(name).display = not came
        for name in ("#money", "#what-now"):
            self.query_one(name).display = came
        self.query_one("#money", Static).update(_safe(application) if came else Content(""))
        self.query_one("#what-now", Static).update(_what_now(state) if came else Content(""))
        self.query_one("#bought", Static).update(_bought(application, state.offer))
        self.query_one("#business", Static).update(_numbers(application) if came else _business(application))
        if application.order is not None:
            order = _order(application, application.order)
            self.query_one("#order", Static).update(_paid(application.order) if came else order)
            self.query_one(FeeTable).show(application.order, state.service)
            total = Content.assemble(_("总价"), " ", yuan(application.order.total_fen))
            self.query_one("#total", Static).update(total.stylize("bold $accent"))
        for button in self.query(ActionButton):
            button.display = came is (button.id == "end")
            button.disabled = state.busy is not None or not (came or self.offers("pay", state))
        if came and self.focused is not self.query_one("#end"):
            self.focus_next_act()

    def offers(self, action: str, state: State) -> bool:
        """Paying and withdrawing end with the money."""
        if action in ("pay", "withdraw"):
            application = state.application
            return (
                application is not None and application.status is ApplicationStatus.ENTERED and not _came(application)
            )
        return super().offers(action, state)

    def action_pay(self) -> None:
        """立即支付."""
        self.advance(PaymentOpened())

    def action_withdraw(self) -> None:
        """撤销申请, asked once more."""
        self.ask(
            _("撤销这笔续期申请？"),
            _("撤销申请"),
            lambda: self.advance(WithdrawalConfirmed()),
            detail=_("撤销后不收取费用，需要续期时请重新申请。"),
        )


def _came(application: Application) -> bool:
    """Neither paid nor withdrawn any more; money that went back may be paid again."""
    return application.is_frozen or application.payment_status is PaymentStatus.PAID


def _safe(application: Application) -> Content:
    return Content("\n").join([_(NOT_AGAIN), _(UNDER_REVIEW if application.is_frozen else RECEIVED)])


def _what_now(state: State) -> Content:
    *steps, numbers = what_now(state.service)
    rows = [f"{at}  {step}" for at, step in enumerate(steps, 1)]
    return Content("\n").join(map(Content, (*rows, f"   {numbers}")))


def _bought(application: Application, offer: Offer | None) -> Content:
    """Until when, too, where the desk's terms are there."""
    months = application.form.term_months
    ends = [term.not_after for term in offer.terms if term.months == months] if offer is not None else []
    words = _("续期{months}个月，有效期至{end}") if ends else _("续期{months}个月")
    return Content(words.format(months=months, end=day(ends[0]) if ends else ""))


def _business(application: Application) -> Content:
    due = application.payment_status is PaymentStatus.UNPAID
    rows = (
        # Translators: number of the application; heads a column.
        Fact(_("业务单号"), application.business_no),
        Fact(_("业务状态"), label(application.status)),
        Fact(_("支付状态"), label(application.payment_status), "" if due else "bold"),
    )
    return Content("\n").join([Content.styled(_("业务信息"), "$secondary"), table(rows)])


def _numbers(application: Application) -> Content:
    """What to tell on the telephone."""
    rows = (
        Fact(_("业务单号"), application.business_no, "bold"),
        Fact(_("支付状态"), label(application.payment_status), "bold"),
    )
    return table(rows)


def _paid(order: Order) -> Content:
    return table((Fact(_("订单编号"), order.order_no), Fact(_("业务费用"), yuan(order.total_fen))))


def _order(application: Application, order: Order) -> Content:
    in_order = application.payment_status is not PaymentStatus.FROZEN
    rows = (
        Fact(_("订单编号"), order.order_no),
        # Translators: kind of payment: a purchase, not a refund.
        Fact(_("交易类型"), _("消费")),
        # Translators: state of the payment.
        Fact(_("交易状态"), label(application.payment_status)),
        # Translators: the order as a whole: in order, or the state of its payment.
        Fact(_("订单状态"), _("正常") if in_order else label(application.payment_status)),
        Fact(_("创建时间"), moment(order.created_at)),
    )
    return Content("\n").join([Content.styled(_("订单详情"), "$secondary"), table(rows)])
