"""Steps 5 to 8 around the payment: the notice, the order, the channel, and the wait for the certificate."""

from tui.core.order import ApplicationStatus, PaymentStatus, yuan
from tui.core.text_safety import printable
from tui.journey import events as e
from tui.journey.state import State
from tui.kiosk.linear.dialogue import Choice, Dialogue
from tui.kiosk.text import N_, _
from tui.kiosk.text.bill import wallet_words
from tui.kiosk.text.certificate import Fact
from tui.kiosk.text.dates import moment
from tui.kiosk.text.labels import label
from tui.kiosk.text.money_came import NOT_AGAIN, RECEIVED, UNDER_REVIEW, what_now
from tui.kiosk.text.translated import english_name
from tui.kiosk.text.wording import SEALED_BIDS, refund_words

SETTLED = frozenset({PaymentStatus.PAID, PaymentStatus.FROZEN})
"""Neither paid nor withdrawn any more; money that went back may be paid again."""


class PayNotice(Dialogue):
    """The request is in; now it is paid."""

    help = N_("续期申请已提交。按「确定」进入订单页面付款；付款后证书自动签发。")
    default = 1

    def open(self) -> None:
        """Number and amount."""
        self.talk.say(_("续期申请已提交，请付款。"))
        self.say_facts(_bill(self.state))
        self.talk.say(
            _("付款成功后证书自动签发，随后安装到CA。\n申请保存在续期服务中，也可以稍后在任何一台终端继续付款。")
        )
        self.talk.say(_(SEALED_BIDS))

    def choices(self) -> tuple[Choice, ...]:
        """确定."""
        return (Choice(_("确定"), e.PayNoticeConfirmed),)


class Ordered(Dialogue):
    """业务信息, 订单详情, fees; 立即支付 or 撤销申请."""

    help = N_(
        "请核对信息和费用。无误按「立即支付」；有误按「撤销申请」，撤销后可以重新填写申请表。"
        "\n\n付款以后不能撤销，如需退款请联系客服。"
    )

    def open(self) -> None:
        """The order as it now is."""
        self._tell()

    def seen(self, before: State) -> None:
        """It was changed or paid elsewhere."""
        was, now = before.application, self.state.application
        if was is None or now is None or (was.status, was.payment_status) != (now.status, now.payment_status):
            self._tell()

    def choices(self) -> tuple[Choice, ...]:
        """Paying and withdrawing end with the money."""
        application = self.state.application
        if application is None or application.is_frozen or application.status is not ApplicationStatus.ENTERED:
            return ()
        if application.payment_status in SETTLED:
            return ()
        return Choice(_("立即支付"), e.PaymentOpened), Choice(_("撤销申请"), self._withdraw)

    def _withdraw(self) -> None:
        words = _("撤销这笔续期申请？") + _("撤销后不收取费用，需要续期时请重新申请。")
        self.sure(words, _("撤销申请"), e.WithdrawalConfirmed())

    def _tell(self) -> None:
        application = self.state.application
        if application is None:
            return
        facts = [
            Fact(_("业务单号"), application.business_no),
            Fact(_("业务状态"), label(application.status)),
            Fact(_("支付状态"), label(application.payment_status)),
        ]
        if (order := application.order) is not None:
            facts += [Fact(_("订单编号"), order.order_no), Fact(_("创建时间"), moment(order.created_at))]
            line_words = _("{price} × {count} = {subtotal}")
            for line in order.lines:
                price, subtotal = yuan(line.unit_fen), yuan(line.subtotal_fen)
                english = english_name(line.name, self.state.service)
                name = f"{english} ({line.name})" if english else line.name
                facts.append(Fact(name, line_words.format(price=price, count=line.quantity, subtotal=subtotal)))
            facts.append(Fact(_("总价"), yuan(order.total_fen)))
        self.say_facts(tuple(facts))
        if refunded := refund_words(application):
            self.talk.say(refunded)
        if application.is_frozen or application.payment_status is PaymentStatus.PAID:
            safe = UNDER_REVIEW if application.is_frozen else RECEIVED
            self.talk.say(_(NOT_AGAIN), _(safe), *what_now(self.state.service))


class Channel(Dialogue):
    """在线支付, 下一步."""

    help = N_("选择「在线支付」，按「下一步」选择支付方式，用手机扫码付款。")
    default = 1

    def open(self) -> None:
        """The bill, and what pays it."""
        self.say_facts(_bill(self.state))
        self.talk.say(wallet_words(self.state))

    def choices(self) -> tuple[Choice, ...]:
        """The one way."""
        return (Choice(_("在线支付"), e.OnlineChosen),)


class Issuing(Dialogue):
    """Paid; the certificate is awaited, and one may leave."""

    help = N_(
        "付款已收到，证书正在签发，签发后自动进入安装。"
        "\n\n可以离开：稍后在任何一台终端插入同一个CA，登录后按「继续办理」即可安装，不会重复收费。"
    )

    def open(self) -> None:
        """What is certain."""
        self.talk.say(_("支付成功"))
        self.say_facts(_bill(self.state))
        self.talk.say(_("证书签发后，本页自动转到安装。\n可以离开，稍后在任何一台终端继续；请记下业务单号。"))

    def waiting(self) -> str:
        """The desk works."""
        return _("正在签发证书")


def _bill(state: State) -> tuple[Fact, ...]:
    application = state.application
    if application is None or application.order is None:
        return ()
    fee = Fact(_("业务费用"), yuan(application.order.total_fen))
    return Fact(_("业务单号"), printable(application.business_no, 40)), fee
