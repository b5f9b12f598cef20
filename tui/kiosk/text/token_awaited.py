"""Words about a CA that was pulled out: which one is awaited, what comes then, and why the password is asked again."""

from tui.core.certificate import CertificateRef
from tui.journey.state import State
from tui.kiosk.text import N_, _
from tui.kiosk.text.certificate import Fact
from tui.kiosk.text.labels import label

HELP = N_(
    "请插回开始办理时的同一个CA，屏幕会自动回到刚才的步骤，已填写的内容都还在；"
    "为防他人看到，可能需要再次输入登录密码。不想继续请按「取消」，已填写的内容随即清除。"
)


def headline(state: State) -> str:
    """To put it back, or that it is another one that is in."""
    return _("插入的不是原来的CA，请换回原来的CA") if state.tokens else _("请插回原来的CA")


def what_then(state: State) -> str:
    """Where it goes on, by itself or after the password."""
    if state.asks_password:
        words = _("插回并输入登录密码后，继续「{step}」，已填写的内容不会丢失。")
    else:
        words = _("插回后自动继续「{step}」，已填写的内容不会丢失。")
    return words.format(step=label(state.return_to))


def why_again(state: State) -> str:
    """What the password covers, once the CA is back."""
    return _("为保护已填写的内容，请再次输入登录密码。\n通过后回到「{step}」。").format(step=label(state.return_to))


def sought(chosen: CertificateRef, *, veiled: bool) -> tuple[Fact, ...]:
    """The one that began, by the ends of its numbers; `veiled` leaves its name out."""
    tail = _("尾号{tail}")
    named = () if veiled else (Fact(_("CA名称"), chosen.token_label or _("未命名CA"), "bold"),)
    return (
        *named,
        Fact(_("CA序列号"), tail.format(tail=chosen.token_serial[-6:])),
        Fact(_("证书序列号"), tail.format(tail=chosen.serial[-6:].upper())),
    )
