"""A certificate in words: its facts, its state, and its days left in figures that can be read from afar."""

from datetime import datetime, timedelta

from textual.content import Content
from textual.widgets import Static

from tui.core.certificate import Certificate, CertificateState, Token
from tui.core.text_safety import printable
from tui.text import _
from tui.text.dates import day, moment
from tui.text.labels import label
from tui.widgets.facts import Fact

STATE_STYLES = {CertificateState.RENEWABLE: "bold $good", CertificateState.VALID: "bold $secondary"}
"""Beside the words; every other state is drawn as trouble."""
TROUBLE = "bold $bad"
FIGURES = (
    "###  ## ### ### # # ### ### ### ### ###",
    "# #   #   #   # # # #   #     # # # # #",
    "# #   # ###  ## ### ### ###   # ### ###",
    "# #   # #     #   #   # # #   # # #   #",
    "###   # ### ###   # ### ###   # ### ###",
)
"""Ten figures of 3 x 5 pixels, one blank between them."""


def days_words(certificate: Certificate, now: datetime, window: timedelta) -> tuple[str, str]:
    """What can be done with the certificate now, and the style to say it in."""
    state = certificate.state(now, window)
    left = certificate.days_left(now)
    style = STATE_STYLES.get(state, TROUBLE)
    match state:
        case CertificateState.RENEWABLE if left == 0:
            return _("今天到期，请立即续期"), TROUBLE
        case CertificateState.RENEWABLE if certificate.is_urgent(now):
            return _("仅剩{days}天，请尽快续期").format(days=left), TROUBLE
        case CertificateState.RENEWABLE:
            return _("剩余{days}天，可以续期").format(days=left), style
        case CertificateState.VALID:
            opens = day(certificate.not_after - window)
            return _("剩余{days}天，{day}起可续期").format(days=left, day=opens), style
        case CertificateState.EXPIRED:
            return _("已过期{days}天，不能在线续期").format(days=-left), style
        case _:
            return label(state), style


def short_facts(certificate: Certificate, now: datetime, window: timedelta) -> tuple[Fact, ...]:
    """Name, end, and what can be done."""
    words, style = days_words(certificate, now, window)
    return (
        Fact(_("证书主题"), certificate.common_name or certificate.subject, "bold"),
        Fact(_("有效期至"), moment(certificate.not_after)),
        Fact(_("状态"), words, style),
    )


def facts(certificate: Certificate, now: datetime, window: timedelta) -> tuple[Fact, ...]:
    """Everything of the certificate that people ask for."""
    if not certificate.readable:
        return (Fact(_("证书主题"), certificate.label), Fact(_("状态"), label(CertificateState.UNREADABLE), TROUBLE))
    name, end, words = short_facts(certificate, now, window)
    return (
        name,
        Fact(_("主题全称"), certificate.subject),
        Fact(_("颁发机构"), certificate.issuer),
        Fact(_("序列号"), certificate.serial.upper()),
        Fact(_("生效时间"), moment(certificate.not_before)),
        end,
        Fact(_("密钥"), certificate.key),
        words,
    )


def token_title(token: Token) -> Content:
    """The token's label and the tail of its serial."""
    text = _("{label}（序列号尾号 {tail}）").format(label=token.label or _("未命名CA"), tail=token.serial[-6:])
    return Content.styled(printable(text, 60), "bold")


class DaysLeft(Static):
    """The days left in large figures made of background cells, which every terminal and font draws alike."""

    def show(self, days: int | None, *, good: bool = True) -> None:
        """Draw `days`; hide without a number."""
        self.display = days is not None and 0 <= days <= 9999
        if days is None or not self.display:
            return
        lit = "on $good" if good else "on $bad"
        rows = []
        for figures in FIGURES:
            cells: list[tuple[str, str]] = []
            for digit in str(days):
                at = int(digit) * 4
                cells += [("  ", lit if pixel == "#" else "") for pixel in figures[at : at + 3]] + [("  ", "")]
            rows.append(Content.assemble(*cells))
        self.update(Content("\n").join([*rows, Content(""), Content.styled(_("天后到期"), "$muted")]))
