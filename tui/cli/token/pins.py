"""`ca-kiosk token pin` and `ca-kiosk token unlock`: another user PIN, by the old one or by the SO PIN."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.token.choice import on_one
from tui.core.certificate import PinState, Token, refer_whole
from tui.core.exits import Exit
from tui.core.failure import Failure, Reason, TokenError
from tui.core.pin_rules import PinFlaw, pin_rule, same
from tui.core.secret import Pin
from tui.core.token import TokenStage
from tui.kiosk.text import _
from tui.kiosk.text.new_pin import FLAWS, rule_words
from tui.kiosk.text.pin import undecided_words

if TYPE_CHECKING:
    from tui.cli.token.asking import Asking
    from tui.token.tokens import Tokens


def change(config: Path | None, module: Path | None, token: str) -> int:
    """The user's own act."""
    return on_one(config, module, token, _change)


def unlock(config: Path | None, module: Path | None, token: str) -> int:
    """An operator's act."""
    return on_one(config, module, token, _unlock)


async def _change(tokens: "Tokens", token: Token, asking: "Asking") -> int:
    if token.pin_state is PinState.LOCKED:
        raise TokenError(Failure(Reason.PIN_LOCKED, tries_left=0))
    if token.pin_state is PinState.FINAL_TRY and not _ventures(asking, _("CA密码只剩最后一次尝试，再输错CA将锁定。")):
        return Exit.USAGE
    if token.pin_pad:
        asking.say(_("请在CA的键盘上先输入原密码，再输入两次新密码。"))
    old, new = _both(token, asking, _("原CA密码（不显示）："), differ=True)
    with _told(asking):
        await tokens.change_pin(refer_whole(token), old, new, _quiet)
    asking.say(_("CA密码已修改。以后请用新密码。"))
    return Exit.DONE


async def _unlock(tokens: "Tokens", token: Token, asking: "Asking") -> int:
    match token.so_pin_state:
        case PinState.LOCKED:
            raise TokenError(Failure(Reason.SO_PIN_LOCKED, tries_left=0))
        case PinState.FINAL_TRY:
            warning = _("管理员密码只剩最后一次尝试，再输错，这个CA就再也不能解锁。")
        case PinState.COUNT_LOW:
            warning = _("管理员密码输错过。连续输错，这个CA就再也不能解锁。")
        case PinState.UNKNOWN:
            warning = ""
    if warning and not _ventures(asking, warning):
        return Exit.USAGE
    if token.pin_state is not PinState.LOCKED:
        asking.say(_("CA并未显示已锁定。如果继续，新密码将取代原CA密码。"))
    if token.pin_pad:
        asking.say(_("请在CA的键盘上输入管理员密码，再输入两次新密码。"))
    so_pin, new = _both(token, asking, _("管理员密码（SO PIN，不显示）："), differ=False)
    with _told(asking):
        await tokens.unlock(refer_whole(token), so_pin, new, _quiet)
    asking.say(_("CA已解锁，新的CA密码已生效。请持有人尽快自行修改。"))
    return Exit.DONE


def _both(token: Token, asking: "Asking", words: str, *, differ: bool) -> tuple[Pin, Pin]:
    """The PIN that gives the right, and the new one, which may have to differ; empty where a PIN pad takes both."""
    if token.pin_pad:
        return Pin(), Pin()
    asking.say(rule_words(pin_rule(token)))
    right = asking.secret(words, Pin)
    return right, _new_pin(token, asking, right if differ else None)


@contextmanager
def _told(asking: "Asking") -> Iterator[None]:
    """Say where the old PIN and the new one may both be the one."""
    try:
        yield
    except TokenError as error:
        if words := undecided_words(error.failure):
            asking.say(words)
        raise


def _new_pin(token: Token, asking: "Asking", old: Pin | None) -> Pin:
    """Typed twice, and asked for again until it is by the rule."""
    rule = pin_rule(token)
    while True:
        new = asking.secret(_("新CA密码（不显示）："), Pin)
        flaw = rule.flaw(new, old)
        if flaw is None:
            again = asking.secret(_("再输入一次新CA密码（不显示）："), Pin)
            flaw = None if same(new, again) else PinFlaw.DIFFERENT
            again.wipe()
        if flaw is None:
            return new
        new.wipe()
        asking.say(_(FLAWS[flaw]))


def _ventures(asking: "Asking", warning: str) -> bool:
    """Whether the person has read the warning: nothing but the word goes on."""
    asking.say(warning)
    return asking.word(_("确定继续请输入yes：")) == "yes"


def _quiet(stage: TokenStage) -> None:
    """A person at a prompt sees that it works."""
