"""Step 7: 支付方式 and 电子发票, a question a field."""

from collections.abc import Mapping
from typing import Any

from tui.core.application import check_invoice, normalise_invoice
from tui.core.form.fields import InvoiceForm
from tui.core.form.kinds import Buyer
from tui.core.order import yuan
from tui.core.payment_method import PaymentMethod
from tui.core.text_safety import printable
from tui.journey import events as e
from tui.journey.state import State
from tui.kiosk.linear.dialogues.fields import Entry, Fields
from tui.kiosk.text import N_, _
from tui.kiosk.text.labels import label


class Method(Fields):
    """How to pay, and whom the invoice is made out to; what the certificate says of that is proposed."""

    help = N_(
        "选择支付方式和购买方。企业须填写纳税人识别号和发票抬头，个人只填写发票抬头，请仔细复核。"
        "\n\n电子发票在证书办理完成后1-2个工作日内，以短信和邮件发送给经办人。"
    )
    submit = N_("提交")

    def open(self) -> None:
        """The bill and the warning."""
        application = self.state.application
        if application is not None and application.order is not None:
            words = _("业务单号：{number}，业务费用：{fee}")
            number, fee = printable(application.business_no, 40), yuan(application.order.total_fen)
            self.talk.say(words.format(number=number, fee=fee))
        self.talk.say(_("注意：请仔细复核开票信息是否正确，一旦发票已开具，不接受任何重新开票的申请。"))
        super().open()
        if not self.state.invoice.title and self.state.invoice_offer is not None:
            self.talk.say(_("方括号里的单位名称和税号取自证书，请核对。"))
            self._visited.clear()
            self._at = "method"

    def entries(self) -> tuple[Entry, ...]:
        """A person has no tax number."""
        methods = tuple((method, label(method)) for method in self.state.methods)
        number = Entry("tax_number", _("纳税人识别号"), _("开具电子发票的税号，15、17、18或20位"))
        company = self.values["buyer"] is Buyer.COMPANY
        return (
            Entry("method", _("支付方式"), options=methods),
            Entry("buyer", _("购买方"), options=tuple((buyer, label(buyer)) for buyer in Buyer)),
            *((number,) if company else ()),
            Entry("title", _("发票抬头")),
        )

    def load(self, state: State) -> dict[str, Any]:
        """What was typed before, else what the certificate says."""
        typed, offer = state.invoice, state.invoice_offer or InvoiceForm()
        chosen = state.method if state.method in state.methods else state.methods[0]
        number, title = typed.tax_number or offer.tax_number, typed.title or offer.title
        return {"method": chosen, "buyer": typed.buyer, "tax_number": number, "title": title}

    def wrong(self) -> Mapping[str, str]:
        """By the same rules as the flow and the desk."""
        return {
            name: error.value for name, error in check_invoice(normalise_invoice(self._invoice()), self.state.today)
        }

    def edited(self) -> e.Event:
        """Kept by the flow."""
        return e.InvoiceEdited(self._method(), self._invoice())

    def submitted(self) -> e.Event:
        """提交."""
        return e.PaymentSubmitted(self._method(), self._invoice())

    def _method(self) -> PaymentMethod:
        method = self.values["method"]
        assert isinstance(method, PaymentMethod)  # noqa: S101 - the options are
        return method

    def _invoice(self) -> InvoiceForm:
        return InvoiceForm(self.values["tax_number"], self.values["title"], self.values["buyer"])
