"""`ca-kiosk token leftovers`: the keys without a certificate, and what is deleted of them by typing its name."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.token.choice import on_one
from tui.core.certificate import Token, refer_whole
from tui.core.exits import Exit
from tui.core.leftover import Kept, LeftoverKey
from tui.core.order import ApplicationStatus
from tui.core.secret import Password, Pin
from tui.core.text_safety import printable
from tui.core.token import TokenStage
from tui.kiosk.text import N_, _
from tui.process.output import out, out_json

if TYPE_CHECKING:
    from tui.cli.token.asking import Asking
    from tui.token.tokens import Tokens

OVER = frozenset({ApplicationStatus.WITHDRAWN, ApplicationStatus.LAPSED, ApplicationStatus.FAILED})
"""No certificate was issued for such an application's key, and none will be."""
WHY = {
    Kept.APPLICATION: N_("属于一笔可能还在办理的申请，不删除；要查明，请加--account"),
    Kept.NAMED: N_("与一张证书相连，不删除"),
    Kept.UNCERTAIN: N_("不能确定是否属于某张证书，不删除"),
    Kept.SEVERAL: N_("同名的密钥不止一个，不删除"),
}


def leftovers(config: Path | None, token: str, delete: bool, account: str, as_json: bool) -> int:
    """List them, and delete those that the operator names one by one."""

    async def act(tokens: "Tokens", chosen: Token, asking: "Asking") -> int:
        reference = refer_whole(chosen)
        keys = await tokens.leftovers(reference, _pin(chosen, asking), _quiet)
        over = await _over(config, account, keys, asking) if account else ()
        keys = tuple(_seen_over(key, over) for key in keys)
        if as_json:
            out_json(keys)
        else:
            out("\n".join(_lines(keys)))
        doomed = tuple(_consented(keys, asking)) if delete else ()
        if not doomed:
            return Exit.DONE
        asking.say(_("删除前请再输入一次CA密码。"))
        left = await tokens.leftovers(reference, _pin(chosen, asking), _quiet, over=over, delete=doomed)
        there = {key.identity for key in left}
        gone = [key for key in doomed if key.identity not in there]
        asking.say(_("已删除{count}组密钥。").format(count=len(gone)))
        return Exit.DONE if len(gone) == len(doomed) else Exit.REFUSED

    return on_one(config, None, token, act)


def _pin(token: Token, asking: "Asking") -> Pin:
    if token.pin_pad:
        asking.say(_("请在CA的键盘上输入密码。"))
        return Pin()
    return asking.secret(_("CA密码（不显示）："), Pin)


async def _over(config: Path | None, account: str, keys: tuple[LeftoverKey, ...], asking: "Asking") -> tuple[str, ...]:
    """The numbers in the keys' labels of which the desk tells this account that they are over.

    One that the desk does not tell this account of is not.
    """
    from tui.core.failure import DeskError, Reason
    from tui.kiosk.settings import load
    from tui.kiosk.wiring import desk

    numbers = {key.business_no for key in keys if key.business_no}
    if not numbers:
        return ()
    port = desk(load(config))
    over = []
    try:
        await port.sign_in(account, asking.secret(_("财智云账号的密码（不显示）："), Password))
        try:
            for number in sorted(numbers):
                try:
                    application = (await port.application(number)).application
                except DeskError as error:
                    if error.failure.reason not in (Reason.APPLICATION_MISSING, Reason.NOT_THE_APPLICANT):
                        raise
                else:
                    if application.business_no == number and application.status in OVER:
                        over.append(number)
        finally:
            await port.sign_out()
    finally:
        await port.close()
    return tuple(over)


def _seen_over(key: LeftoverKey, over: tuple[str, ...]) -> LeftoverKey:
    """As the token's next look, which is told so, will find it."""
    from dataclasses import replace

    return replace(key, kept=None) if key.kept is Kept.APPLICATION and key.business_no in over else key


def _lines(keys: tuple[LeftoverKey, ...]) -> Iterator[str]:
    if not keys:
        yield _("没有遗留的密钥：CA中的每个密钥都有证书。")
    for key in keys:
        label = printable(key.label, 60) or _("没有标签")
        yield f"{_name(key)}  {key.kind or '?'}  {label}"
        yield "    " + _("私钥{private}个，公钥{public}个").format(private=key.private, public=key.public)
        if key.business_no:
            yield "    " + _("为业务单号{number}生成").format(number=key.business_no)
        yield "    " + (_(WHY[key.kept]) if key.kept else _("可以删除"))


def _consented(keys: tuple[LeftoverKey, ...], asking: "Asking") -> Iterator[LeftoverKey]:
    """Each that the operator typed the name of."""
    asking.say(_("删除后不能恢复。如果某个密钥已用别的程序申请证书，而证书尚未写入，请勿删除。"))
    for key in keys:
        if key.kept is None:
            typed = asking.word(_("要删除请完整输入{name}，不删除请直接回车：").format(name=_name(key)))
            if typed == _name(key):
                yield key


def _name(key: LeftoverKey) -> str:
    """Its CKA_ID, or else the beginning of its public key's digest."""
    return key.key_id or key.spki[:16] or "delete"


def _quiet(stage: TokenStage) -> None:
    """A person at a prompt sees that it works."""
