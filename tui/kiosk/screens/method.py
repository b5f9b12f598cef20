"""Step 7: 支付方式 and 电子发票."""

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.core.application import Buyer, FieldErrors, InvoiceForm, check_invoice, normalise_invoice
from tui.core.order import yuan
from tui.core.payment_method import MANUAL, PaymentMethod
from tui.core.text_safety import printable
from tui.journey.events import InvoiceEdited, PaymentSubmitted
from tui.journey.state import State
from tui.kiosk.screens.base import style
from tui.kiosk.screens.keys import BACK, END
from tui.kiosk.screens.typed import TypedScreen
from tui.kiosk.text import N_, _
from tui.kiosk.text.labels import label
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.amount import Amount
from tui.kiosk.widgets.choice import Choice
from tui.kiosk.widgets.code_room import CodeRoom
from tui.kiosk.widgets.field import Field, TextField, first_wrong
from tui.kiosk.widgets.words import Words


class MethodScreen(TypedScreen):
    """银联在线支付, 支付宝 or what else the desk offers, and whom the invoice is made out to."""

    CSS_PATH: ClassVar = [style("applying.tcss"), style("paying.tcss")]
    heading = N_("支付方式和电子发票")
    help_text = N_(
        "用左右方向键选择支付方式和购买方。企业须填写纳税人识别号和发票抬头，个人只填写发票抬头，请仔细复核。"
        "\n\n电子发票在证书办理完成后1-2个工作日内，以短信和邮件发送给经办人。"
    )
    keys = (BACK, END)
    when_idle = TypedScreen.when_idle | {"back"}
    named = ("tax_number", "title")

    def compose_body(self) -> Iterable[Widget]:
        """The bill, the method, the invoice, the warning."""
        yield CodeRoom()
        yield Words(id="bill")
        yield Field("method", _("支付方式"), Choice(dense=True, id="method"), hint=_("用左右方向键选择，按回车继续"))
        yield Field("buyer", _("购买方"), Choice(folded=True, id="buyer"))
        yield Words(id="offer")
        yield TextField("tax_number", _("纳税人识别号"), hint=_("开具电子发票的税号，15、17、18或20位"), longest=40)
        yield TextField("title", _("发票抬头"), longest=200)
        yield Static(
            Content(_("注意：请仔细复核开票信息是否正确，一旦发票已开具，不接受任何重新开票的申请。")),
            classes="warning",
        )

    def compose_actions(self) -> Iterable[Widget]:
        """提交, the certificate's organisation where it has one, the amount where it has room beside them."""
        yield ActionButton(_("提交"), "submit_payment", primary=True)
        yield ActionButton(_("按证书填写"), "take_offer", id="take")
        yield ActionButton(_("返回"), "back", quiet=True)
        yield Amount()

    def focus_target(self, state: State) -> str:
        """The first wrong field; once submitted 提交; before that the method, above all that follows from it."""
        if wrong := first_wrong(self.query(Field)):
            return f"#{wrong.id} Input"
        return "ActionButton.-main" if state.busy or state.failure else "#method"

    def entered(self, state: State) -> None:
        """Filled from what was typed before."""
        super().entered(state)
        self._load(state)

    def show(self, state: State) -> None:
        """Draw the bill and errors; the fields are the person's until the step is entered again."""
        if state.application is not None and state.application.order is not None:
            number, fee = printable(state.application.business_no, 40), yuan(state.application.order.total_fen)
            words = Content.assemble(_("业务单号："), number, "    ", _("业务费用："), fee)
            self.query_one("#bill", Static).update(words)
        self.query_one(Amount).show(state.application)
        self.query_one(CodeRoom).show(state.money)
        self._show_offer()
        self.query_one("ActionButton.-main").disabled = state.busy is not None
        self.show_errors(state.failure)

    def _load(self, state: State) -> None:
        self.fill(state.invoice)
        methods = state.methods
        chosen = state.method if state.method in methods else methods[0]
        self.query_one("#method", Choice).offer(tuple((m, label(m)) for m in methods), chosen)
        self.set_class(len(methods) > len(MANUAL), "-many")
        self.query_one("#buyer", Choice).offer(tuple((b, label(b)) for b in Buyer), state.invoice.buyer)
        self._ask_for_number()

    @on(Choice.Changed, "#buyer")
    def _ask_for_number(self) -> None:
        """A person has no tax number; one that was typed stays in its field."""
        self.field("tax_number").display = self._buyer() is Buyer.COMPANY
        self._show_offer()

    def offers(self, action: str, state: State) -> bool:
        """The certificate's organisation is taken where it has one, for a company."""
        if action == "take_offer":
            return state.invoice_offer is not None and self._buyer() is Buyer.COMPANY
        return super().offers(action, state)

    def _show_offer(self) -> None:
        """Where the offer comes from, and that a person must look at it; whom it names."""
        offer = self.state.invoice_offer
        offered = self.offers("take_offer", self.state)
        self.set_class(offered, "-offered")
        for part in ("#offer", "#take"):
            self.query_one(part).display = offered
        if offer is not None:
            named = printable(" ".join(part for part in (offer.title, offer.tax_number) if part), 80)
            words = _("  证书上的单位，请核对：{named}").format(named=named)
            self.query_one("#offer", Static).update(Content(words), layout=False)

    def _buyer(self) -> Buyer:
        buyer = self.query_one("#buyer", Choice).value
        return buyer if isinstance(buyer, Buyer) else self.state.invoice.buyer

    def typed(self) -> tuple[PaymentMethod, InvoiceForm]:
        """What is chosen and what stands in the fields."""
        method = self.query_one("#method", Choice).value
        invoice = InvoiceForm(self.text("tax_number"), self.text("title"), self._buyer())
        return (method if isinstance(method, PaymentMethod) else self.state.method), invoice

    @property
    def kind(self) -> object:
        """购买方."""
        return self._buyer()

    def edited(self) -> InvoiceEdited:
        """Kept by the flow."""
        return InvoiceEdited(*self.typed())

    def errors(self) -> FieldErrors:
        """By the same rules as the flow and the desk."""
        return check_invoice(normalise_invoice(self.typed()[1]), self.state.today)

    def action_take_offer(self) -> None:
        """按证书填写: what the certificate does not say stays as it was typed."""
        if (offer := self.state.invoice_offer) is None:
            return
        typed = self.typed()[1]
        self.fill(replace(typed, tax_number=offer.tax_number or typed.tax_number, title=offer.title or typed.title))
        self.advance(self.edited())
        self.query_one("#field-tax-number Input").focus()

    def action_submit_payment(self) -> None:
        """提交; where no code can follow nothing is asked for, and the reason comes into view."""
        if self.query_one(CodeRoom).fits:
            self.advance(PaymentSubmitted(*self.typed()))
        else:
            self.query_one(CodeRoom).scroll_visible(animate=False, top=True)
