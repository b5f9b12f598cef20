"""Step 8: 证书安装完成！"""

from collections.abc import Iterable
from datetime import datetime

from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.core.certificate import Certificate, find
from tui.core.order import Application, yuan
from tui.journey.events import RetirementChosen
from tui.journey.moves.installing import retirable
from tui.journey.state import State
from tui.kiosk.screens.base import StepScreen, style
from tui.kiosk.screens.keys import BACK
from tui.kiosk.text import N_, _
from tui.kiosk.text.certificate import kept_words
from tui.kiosk.text.dates import day, moment
from tui.kiosk.text.labels import label
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.call_to_act import CallToAct
from tui.kiosk.widgets.facts import Fact, column_of, table
from tui.kiosk.widgets.figures import drawn
from tui.kiosk.widgets.large_tick import LargeTick
from tui.kiosk.widgets.time_line import TimeLine
from tui.kiosk.widgets.words import Words

SHARED = 19
"""Cells of labels, at most, behind which both the certificates and the application's number stand in one column."""


class DoneScreen(StepScreen):
    """The new end in large, the new certificate and the old one as read back from the token, and the receipt."""

    CSS_PATH = style("paying.tcss")
    heading = N_("证书安装完成！")
    help_text = N_(
        "新证书已写入CA并通过验证，可以拔出CA。"
        "\n\n原证书没有删除时保留在CA中，到期前仍可使用。如有尚未开标的加密投标或未签完的合同，请先不要删除原证书。"
        "\n\n电子发票将在1-2个工作日内以短信（下载链接）和邮件发送给经办人。"
    )
    keys = (BACK.called(N_("完成")),)

    def compose_body(self) -> Iterable[Widget]:
        """A tick and the new end, what to do, what else holds, both certificates, the receipt, the invoice."""
        yield Horizontal(LargeTick(id="tick"), Words(id="until"), id="reached")
        yield CallToAct(id="pull")
        yield Words(id="kept")
        yield TimeLine(id="time-line")
        yield Words(id="pair")
        yield Horizontal(Words(id="number"), Words(id="paid"), id="receipt")
        yield Words(id="invoice", classes="hint")

    def compose_actions(self) -> Iterable[Widget]:
        """完成, and 删除原证书 where the CA allows it."""
        yield ActionButton(_("完成"), "back", primary=True)
        yield ActionButton(_("收据"), "receipt", id="take-receipt")
        yield ActionButton(_("删除原证书"), "retire", id="retire")

    def show(self, state: State) -> None:
        """Draw what was read back, and the receipt."""
        self.query_one("#heading", Static).update(Content(_("续期已完成") if state.finished else _(self.heading)))
        if (new := state.renewed) is not None:
            self._show_end(state, new)
        pair, number = _pair(state), _number(state)
        shared = column_of((*pair, *number))
        column = shared if shared <= SHARED else 0
        self.query_one("#pair", Static).update(table(pair, column=column))
        self.query_one("#number", Static).update(table(number, column=column))
        if state.application is not None:
            self.query_one("#paid", Static).update(table(_paid(state.application)))
        self.query_one("#retire").display = self.offers("retire", state)
        if state.application is not None:
            words = _("电子发票将在1-2个工作日内，以短信（下载链接）和邮件发送给经办人。")
            self.query_one("#invoice", Static).update(Content(words if state.application.invoice else ""))

    def _show_end(self, state: State, new: Certificate) -> None:
        """The new end, what may be done now, old end and new one on a line."""
        until = _("新证书有效期至{day}").format(day=day(new.not_after))
        self.query_one("#until", Static).update(drawn(until, "$good"))
        left = Content.styled(label(state.key_left), "$warning") if state.key_left else Content()
        found = find(state.tokens, new.fingerprint)
        kept = Content.styled(kept_words(*found) if found else "", "$muted")
        lines = [line for line in (left, kept) if line]
        # Translators: drawn in letters of 8 rows, of which there are no others than in "Remove token".
        self.query_one(CallToAct).show(_("请拔出CA"), _("新证书已验证可用，拔出后自动回到首页。"), large=not lines)
        self.query_one("#kept", Static).update(Content("\n").join(lines))
        self.query_one("#kept").display = bool(lines)
        self.set_class(bool(lines), "-crowded")
        self.query_one(TimeLine).show(state.now, _old_end(state), new.not_after)

    def offers(self, action: str, state: State) -> bool:
        """删除原证书 only where the CA's rule allows it and it has not been done."""
        return retirable(state) is not None if action == "retire" else super().offers(action, state)

    def action_retire(self) -> None:
        """删除原证书, asked once more: this is the person's consent."""
        self.ask(
            _("从CA中删除原证书和它的密钥？"),
            _("删除原证书"),
            lambda: self.advance(RetirementChosen()),
            detail=_("删除后不能恢复。用原证书加密、尚未开标的投标文件将无法打开；不确定时请保留。"),
        )

    def action_receipt(self) -> None:
        """收据: printed, kept, or as a code for the phone."""
        from tui.kiosk.screens.receipt import ReceiptDialogue

        self.app.push_screen(ReceiptDialogue(self.state, getattr(self.app, "outlets", ())))


def _old_end(state: State) -> datetime | None:
    if state.installation:
        return state.installation.old.not_after
    return state.application.old_not_after if state.application else None


def _pair(state: State) -> tuple[Fact, ...]:
    """The new certificate above the old one, which the token may have no longer."""
    if (new := state.renewed) is None:
        return ()
    fact = _fact(_("新证书"), new, "bold $good")
    if state.installation:
        title = _("原证书（已删除）") if state.retired else _("原证书")
        return fact, _fact(title, state.installation.old, "$muted")
    end = _old_end(state)
    return (fact, Fact(_("原证书（CA中已没有）"), moment(end), "$muted")) if end else (fact,)


def _fact(title: str, certificate: Certificate, style: str) -> Fact:
    return Fact(title, f"{_grouped(certificate.serial)}  {certificate.key}", style)


def _grouped(serial: str) -> str:
    """Upper-case hex; a long one keeps its ends, which is what people compare."""
    text = serial.upper()
    return text if len(text) <= 24 else f"{text[:12]}..{text[-10:]}"


def _number(state: State) -> tuple[Fact, ...]:
    """For who comes back to it also when that was; the receipt has it in any case."""
    if (application := state.application) is None:
        return ()
    number = Fact(_("业务单号"), application.business_no, "bold")
    at = application.installed_at
    return (number, Fact(_("完成时间"), moment(at))) if state.finished and at else (number,)


def _paid(application: Application) -> tuple[Fact, ...]:
    return (Fact(_("已付金额"), yuan(application.order.total_fen), "bold"),) if application.order else ()
