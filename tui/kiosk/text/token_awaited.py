"""Words about a CA that was pulled out: which one is awaited, what comes then, and why the password is asked again."""

from dataclasses import replace

from tui.core.certificate import CertificateRef, Token
from tui.core.ladder import obscured
from tui.journey.state import State
from tui.kiosk.text import N_, _
from tui.kiosk.text.certificate import Fact
from tui.kiosk.text.labels import label
from tui.kiosk.text.wording import Explanation, explain, in_a_line

HELP = N_(
    "请插回开始办理时的同一个CA，屏幕会自动回到刚才的步骤，已填写的内容都还在；"
    "为防他人看到，可能需要再次输入登录密码。不想继续请按「取消」，已填写的内容随即清除。"
)


def headline(state: State) -> str:
    """To put it back, or that it is another one that is in, or that it is in and cannot be read."""
    if _returned(state):
        return _("原来的CA已插回，但无法读取")
    return _("插入的不是原来的CA，请换回原来的CA") if state.tokens else _("请插回原来的CA")


def what_then(state: State) -> str:
    """Where it goes on, by itself or after the password."""
    if state.asks_password:
        words = _("插回并输入登录密码后，继续「{step}」，已填写的内容不会丢失。")
    else:
        words = _("插回后自动继续「{step}」，已填写的内容不会丢失。")
    return words.format(step=label(state.return_to))


def also(state: State) -> tuple[str, ...]:
    """Why the CA may be in and not be seen, what to do about that, and whom to call; nothing where it is just out."""
    words = _hindrance(state)
    if words is None:
        return ()
    told = words.told if _returned(state) else in_a_line(_("CA已经插好的："), words.told)
    return tuple(filter(None, (told, words.call)))


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


def _hindrance(state: State) -> Explanation | None:
    """Why the CA may be in and not be seen; None where it is out, or another one is in, or the banner tells it."""
    snapshot, returned = state.snapshot, _returned(state)
    if snapshot is None or (snapshot.tokens and not returned):
        return None
    failure = obscured(replace(snapshot, tokens=returned))
    told = state.failure is not None and failure is not None and state.failure.reason is failure.reason
    return None if failure is None or told else explain(failure, state.money, state.service)


def _returned(state: State) -> tuple[Token, ...]:
    """What has come back under the name of the one that began, and cannot be read."""
    return tuple(t for t in state.tokens if t.fault and state.chosen is not None and state.chosen.names(t))
