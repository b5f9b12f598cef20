"""The end: 证书安装完成！ with its receipt, or an application that ended without a certificate."""

from functools import partial

from tui.core.certificate import Certificate, find
from tui.core.order import ApplicationStatus, yuan
from tui.journey import events as e
from tui.journey.moves.installing import retirable
from tui.journey.state import State
from tui.kiosk.linear.dialogue import Choice, Dialogue
from tui.kiosk.ports import Outlet
from tui.kiosk.receipt.outlet import deliver
from tui.kiosk.receipt.receipt import receipt_of
from tui.kiosk.text import N_, _
from tui.kiosk.text.certificate import Fact, kept_words
from tui.kiosk.text.dates import day, moment
from tui.kiosk.text.labels import label
from tui.kiosk.text.receipt import outlet_words
from tui.kiosk.text.wording import call, refund_words

WHAT_NOW = {
    ApplicationStatus.WITHDRAWN: N_("申请已撤销。需要续期时可以重新申请。"),
    ApplicationStatus.LAPSED: N_("证书在付款前已过期，这笔申请失效。请按《CA办理指南》重新办理CA。"),
    ApplicationStatus.FAILED: N_("证书未能签发，这笔申请已终止。请联系客服。"),
}


class Done(Dialogue):
    """Both certificates as read back from the token, and what can still be done."""

    help = N_(
        "新证书已写入CA并通过验证，可以拔出CA。"
        "\n\n原证书没有删除时保留在CA中，到期前仍可使用。如有尚未开标的加密投标或未签完的合同，请先不要删除原证书。"
        "\n\n电子发票将在1-2个工作日内以短信（下载链接）和邮件发送给经办人。"
    )
    default = 1

    def open(self) -> None:
        """The new certificate, the old one, what holds now."""
        state = self.state
        self.talk.say(_("续期已完成") if state.finished else _("证书安装完成！"))
        if (new := state.renewed) is not None:
            self._tell(_("新证书"), new)
            if state.installation is not None:
                self._tell(_("原证书（已删除）") if state.retired else _("原证书"), state.installation.old)
            if state.key_left is not None:
                self.talk.say(label(state.key_left))
            self.talk.say(_("请拔出CA。") + _("新证书已验证可用。"))
            if (found := find(state.tokens, new.fingerprint)) and (kept := kept_words(*found)):
                self.talk.say(kept)
        application = state.application
        if application is not None and application.order is not None:
            self.say_facts(
                (Fact(_("业务单号"), application.business_no), Fact(_("已付金额"), yuan(application.order.total_fen)))
            )
        if application is not None and application.invoice is not None:
            self.talk.say(_("电子发票将在1-2个工作日内，以短信（下载链接）和邮件发送给经办人。"))

    def choices(self) -> tuple[Choice, ...]:
        """完成; the receipt, read, printed or kept; 删除原证书 where the CA allows it."""
        listed = [Choice(_("完成"), e.Abandoned)]
        if self.state.application is not None:
            listed.append(Choice(_("读收据"), lambda: self.talk.say(*receipt_of(self.state))))
            listed += (
                Choice(outlet_words(outlet.kind), partial(self._hand_out, outlet)) for outlet in self.talk.outlets
            )
        if retirable(self.state) is not None:
            listed.append(Choice(_("删除原证书"), self._retire))
        return tuple(listed)

    @property
    def ends(self) -> str:
        """完成 does."""
        return ""

    def back(self) -> e.Event:
        """完成 too."""
        return e.Abandoned()

    def _hand_out(self, outlet: Outlet) -> None:
        lines = receipt_of(self.state)
        self.talk.aside(lambda: deliver(outlet, lines))

    def _retire(self) -> None:
        detail = _("删除后不能恢复。用原证书加密、尚未开标的投标文件将无法打开；不确定时请保留。")
        self.sure(_("从CA中删除原证书和它的密钥？") + detail, _("删除原证书"), e.RetirementChosen())

    def _tell(self, title: str, certificate: Certificate) -> None:
        self.talk.say(title)
        self.say_facts(
            (
                Fact(_("序列号"), certificate.serial.upper()),
                Fact(_("生效时间"), day(certificate.not_before)),
                Fact(_("有效期至"), moment(certificate.not_after)),
                Fact(_("密钥"), certificate.key),
            )
        )


class Withdrawn(Dialogue):
    """Why it ended, and where the money is."""

    help = N_("这笔申请已结束，没有安装新证书。原证书未受影响。已付的款项会原路退回。")
    default = 1

    def open(self) -> None:
        """The end."""
        self._tell()

    def seen(self, before: State) -> None:
        """A refund arrived."""
        was, now = before.application, self.state.application
        if (
            was is not None
            and now is not None
            and (was.payment_status, was.refunds) != (now.payment_status, now.refunds)
        ):
            self._tell()

    def choices(self) -> tuple[Choice, ...]:
        """完成, and home for a new application."""
        return Choice(_("完成"), e.Abandoned), Choice(_("返回首页"), e.BackPressed)

    @property
    def ends(self) -> str:
        """完成 does."""
        return ""

    def _tell(self) -> None:
        application = self.state.application
        if application is None:
            return
        self.talk.say(_(WHAT_NOW.get(application.status, "")))
        facts = Fact(_("业务单号"), application.business_no), Fact(_("业务状态"), label(application.status))
        self.say_facts(facts)
        self.talk.say(label(self.state.money), refund_words(application), call(self.state.service))
