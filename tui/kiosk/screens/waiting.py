"""Step 1: insert the CA; shows live what is inserted and what can be done with it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import Static

from tui.core.certificate import Certificate, CertificateState, Token
from tui.core.failure import Failure, Reason
from tui.core.text_safety import printable
from tui.journey.renewable import in_trouble, renewable, young_successor
from tui.journey.state import State
from tui.kiosk.screens.base import StepScreen
from tui.kiosk.screens.keys import CERTIFICATES, CONTRAST, EARLIER, END, LANGUAGE, RETRY, SELF_CHECK
from tui.kiosk.settings import is_counter
from tui.kiosk.text import LANGUAGE_NAMES, N_, _, other_language
from tui.kiosk.text.wording import explain
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.days_left import DaysLeft
from tui.kiosk.widgets.token_drawing import TokenDrawing, show_large
from tui.kiosk.widgets.words import Words

if TYPE_CHECKING:
    from tui.kiosk.widgets.facts import Fact

ABOUT = N_("CA证书到期前，在这里自助续期：填写、付款、安装，约10分钟。")
STEPS = (
    # Translators: the first of three steps, above a few words of what happens in it; 22 columns at most.
    (N_("插入CA证书U盘"), N_("屏幕自动显示到期日")),
    # Translators: the second of three steps; 22 columns at most.
    (N_("填写并付款"), N_("核对资料，手机扫码")),
    # Translators: the third of three steps; 22 columns at most.
    (N_("装好拔出"), N_("新证书写入，随即可用")),
)
PREPARE = N_(
    "请准备好：申请CA时使用的财智云账号和密码、CA密码、经办人的证件号码、手机和邮箱、纳税人识别号、付款用的手机。"
)

MARGINS = 5
"""Columns of the screen's column that its margins take, and a scrollbar."""
ROWS, ROOM = 3, 7
"""Lines of `short_facts`, and lines that certificates may take in 80x24 beside the titles of two tokens."""
LINE = 72
"""Cells that a line has beside a scrollbar in every window from 80 columns on."""


class WaitingScreen(StepScreen):
    """The state of what is inserted, and 开始办理."""

    heading = N_("数字证书在线续期")
    help_text = N_(
        "请将CA证书U盘（简称CA）插入USB接口。屏幕会自动显示证书的状态，不需要按键。\n\n"
        "证书在有效期内、并且到了可续期的时间，就可以按「开始办理」。已经过期的证书不能在线续期，"
        "请按《CA办理指南》重新申请。\n\n"
        "办理时需要：申请CA时使用的财智云账号和密码、CA密码、经办人证件号码、手机（扫码支付）。全程约10分钟。"
    )
    keys = (
        CERTIFICATES,
        SELF_CHECK,
        RETRY,
        LANGUAGE,
        EARLIER,
        CONTRAST,
        END.called(N_("退出")),
    )

    _inserted = False
    """Some CA was in when it was last drawn."""

    def compose_body(self) -> Iterable[Widget]:
        """The CA's state in large."""
        yield Words(Content(_(ABOUT)), id="about")
        yield Words(id="large")
        yield Horizontal(TokenDrawing(id="drawing"), Words(id="insert"), id="top")
        with Vertical(id="way"):
            with Horizontal(id="steps"):
                for number, (title, text) in enumerate(STEPS, 1):
                    yield Words(_step(number, _(title), _(text)))
            yield Words(Content(_(PREPARE)), classes="hint")
        yield Horizontal(DaysLeft(id="days"), Words(id="tokens"), id="inserted")

    def compose_actions(self) -> Iterable[Widget]:
        """开始办理, the two views, and at the other end the language."""
        yield ActionButton(_("开始办理"), "start", id="start")
        yield ActionButton(_("我的证书"), "certificates", quiet=True)
        yield ActionButton(_("输入CA密码查看"), "look", quiet=True, id="look")
        yield ActionButton(_("环境检测"), "self_check", quiet=True, id="self-check")
        yield ActionButton(LANGUAGE_NAMES, "language", quiet=True, id="language")

    def focus_target(self, state: State) -> str:
        """开始办理 once there is what it can begin with; until then what is to be done is no button."""
        return "#start" if state.tokens else ""

    def show(self, state: State) -> None:
        """Draw the tokens."""
        troubled = in_trouble(state)
        self.query_one("#insert", Static).update(self._ladder(state) if troubled else self._headline(state))
        nothing = state.snapshot is not None and not state.tokens and not troubled
        self.query_one(TokenDrawing).show()
        for part in ("#about", "#drawing", "#way"):
            self.query_one(part).display = nothing
        show_large(self.query_one("#large", Words), shown=nothing)
        self.query_one("#inserted").display = bool(state.tokens and state.now)
        if state.tokens and state.now:
            self._show_tokens(state, state.now, brief=troubled)
        self._light(bool(state.tokens))
        signing = any(certificate.for_signing for certificate in _certificates(state.tokens))
        self.query_one("#actions").set_class(any(map(state.is_renewable, _certificates(state.tokens))), "-ready")
        look = state.veiled is not None and signing  # else 开始办理 leads there
        self.query_one("#look").display = look
        self.query_one("#actions").set_class(look, "-look")
        self.query_one("#language").display = other_language() is not None

    def _light(self, inserted: bool) -> None:
        start = self.query_one("#start")
        start.set_class(inserted, "-main")
        if not inserted and self._inserted and start.has_focus:
            self.set_focus(None)
        self._inserted = inserted

    def on_resize(self, _: Resize) -> None:
        """The ladder and what is drawn large are made for the window."""
        if self.state.now is not None:
            self.show(self.state)

    def action_start(self) -> None:
        """开始办理."""
        from tui.journey.events import Started

        self.advance(Started())

    def action_look(self) -> None:
        """输入CA密码查看."""
        from tui.journey.events import LookChosen

        self.advance(LookChosen())

    def action_certificates(self) -> None:
        """我的证书."""
        from tui.journey.events import CertificatesOpened

        self.advance(CertificatesOpened())

    def action_self_check(self) -> None:
        """环境检测."""
        from tui.journey.events import SelfCheckOpened

        self.advance(SelfCheckOpened())

    def offers(self, action: str, state: State) -> bool:
        """Beside a certificate to renew another one may have a successor whose installation was cut off."""
        if action == "end":
            return not is_counter(self.app)
        if action == "language":
            return other_language() is not None
        if action == "finish_paid":
            return bool(renewable(state)) and young_successor(state) is not None
        return super().offers(action, state)

    def action_language(self) -> None:
        """EN/中文; in the app's own task, for this screen is replaced."""
        self.app.call_later(self.app.run_action, f"speak('{other_language()}')")

    async def action_contrast(self) -> None:
        """高对比度."""
        await self.run_action("app.contrast")

    def action_finish_paid(self) -> None:
        """继续已付款的申请."""
        from tui.journey.events import RenewalRequested

        self.advance(RenewalRequested())

    def action_end(self) -> None:
        """Leave the program, asked once more."""
        self.ask(_("退出程序？"), _("退出"), self.app.exit)

    def _headline(self, state: State) -> Content:
        """What is inserted, where nothing is wrong with it."""
        now, certificates = state.now, _certificates(state.tokens)
        if state.snapshot is None:
            words = _("正在读取CA"), _("请稍候。"), "bold $secondary"
        elif not state.tokens:
            told, text = _("请插入CA证书U盘"), _("会自动显示证书，不用按键。")
            return Content.assemble((f" {told} ", "bold $ink on $focus"), "\n\n", text)
        elif any(map(state.is_renewable, certificates)):
            words = _("已插入CA，可以办理续期"), _("请按「开始办理」。"), "bold $good"
        elif now and any(c.renewed_until is not None and now <= c.renewed_until for c in certificates):
            words = _("已插入CA，证书已续期"), _("请使用新证书。按「开始办理」查看详情。"), "bold $good"
        else:
            words = _("已插入CA，目前不能续期"), _("按「开始办理」查看原因和办法。"), "bold $bad"
        headline, text, style = words
        return Content.assemble((headline, style), "\n\n", text)

    def _ladder(self, state: State) -> Content:
        """What stops what is inserted, or the lack of it, and what mends that."""
        from tui.core.ladder import Rung, first_failing
        from tui.kiosk.screens.looks.layout import column_of
        from tui.kiosk.text.ladder import remedy, rungs_of
        from tui.kiosk.widgets.ladder import ladder

        rungs = rungs_of(state)
        failing = first_failing(rungs)
        words = remedy(failing, state) if failing else None
        if failing is None or words is None:
            return self._headline(state)
        usable = failing.rung is Rung.USABLE
        headline = _("已插入CA，目前不能续期") if usable else words.happened
        said = state.failure is not None and state.failure.reason is Reason.NO_TOKEN  # by the banner
        told = "" if said else f"{headline}\n\n"
        lines = words.told if usable else words.advice, words.call
        drawn = ladder(rungs, column_of(self.app.size) - MARGINS)
        return Content.assemble((told, "bold $bad"), drawn, "\n\n", "\n".join(filter(None, lines)))

    def _show_tokens(self, state: State, now: datetime, *, brief: bool) -> None:
        """`brief` leaves room for the ladder."""
        from tui.kiosk.text.urgency import by_urgency
        from tui.kiosk.widgets.card import token_title
        from tui.kiosk.widgets.facts import table

        certificates = _certificates(state.tokens)
        signing = [c for c in certificates if c.for_signing and c.renewed_until is None]
        lone = signing[0] if len(signing) == 1 else None
        renewable = lone is not None and lone.state(now, state.window) is CertificateState.RENEWABLE
        in_validity = lone is not None and lone.readable and now <= lone.not_after and not brief
        good = renewable and lone is not None and not lone.is_urgent(now)
        self.query_one(DaysLeft).show(lone.days_left(now) if lone and in_validity else None, good=good or not renewable)
        crowded = brief or len(certificates) - len(signing) + ROWS * len(signing) > ROOM
        width = min(self.app.size.width - 4, LINE) if crowded else 0
        blocks = []
        for token in by_urgency(state):
            veiled = is_counter(self.app)
            holder = _holder(token, veiled=veiled) if crowded else ""
            title = token_title(token, veiled=veiled)
            parts = [Content.assemble((holder, "bold"), "  ", (title.plain, "$muted")) if holder else title]
            if token.fault:
                parts.append(Content.styled(explain(Failure(Reason.TOKEN_FAULT), state.money).happened, "$bad"))
            named = crowded and not holder
            rows = (
                _rows(c, now, state.window, crowded=crowded, named=named, veiled=veiled) for c in token.certificates
            )
            parts.append(table(tuple(fact for facts in rows for fact in facts), width))
            blocks.append(Content("\n").join(parts))
        self.query_one("#tokens", Static).update(Content("\n" if crowded else "\n\n").join(blocks))


def _step(number: int, title: str, text: str) -> Content:
    badge = Content.styled(f" {number} ", "bold $on-selected on $selected")
    return Content.assemble(badge, " ", (title, "bold"), "\n", (text, "$muted"))


def _rows(
    certificate: Certificate, now: datetime, window: timedelta, *, crowded: bool, named: bool, veiled: bool
) -> "tuple[Fact, ...]":
    """Three lines for a certificate to renew, one for those beside it, one for each where there are many."""
    from tui.kiosk.text.certificate import discreet, row, short_facts

    if crowded or not certificate.for_signing or certificate.renewed_until is not None:
        rows: tuple[Fact, ...] = (row(certificate, now, window, named=named),)
    else:
        rows = short_facts(certificate, now, window)
    return discreet(rows, certificate) if veiled else rows


def _holder(token: Token, *, veiled: bool) -> str:
    """Whose all its certificates are, for a line that tells them apart; empty where that is not one name."""
    from tui.kiosk.text.certificate import masked_name

    names = {certificate.name for certificate in token.certificates if certificate.readable}
    name = printable(names.pop(), 60) if len(names) == 1 else ""
    return masked_name(name) if name and veiled else name


def _certificates(tokens: tuple[Token, ...]) -> tuple[Certificate, ...]:
    return tuple(certificate for token in tokens for certificate in token.certificates)
