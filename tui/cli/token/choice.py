"""Which of the inserted tokens a command is about."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.settings import modules_of
from tui.core.certificate import Token
from tui.core.exits import Exit
from tui.core.failure import Failure, Reason, TokenError
from tui.core.text_safety import printable
from tui.kiosk.text import _

if TYPE_CHECKING:
    from tui.cli.token.asking import Asking
    from tui.token.tokens import Tokens

Act = Callable[["Tokens", Token, "Asking"], Awaitable[int]]


def on_one(config: Path | None, module: Path | None, named: str, act: Act) -> int:
    """Do something to the one token that is in, or to the named one.

    :raises KioskError: there is none, or it fails.
    """
    import asyncio

    from tui.cli.token.asking import Asking
    from tui.kiosk.wiring import tokens

    modules = modules_of(config, module)

    async def done() -> int:
        port = tokens(modules)
        try:
            snapshot = await port.take_snapshot()
            found = [token for token in snapshot.tokens if not named or named in (token.serial, token.label)]
            if not found and snapshot.tokens and not snapshot.faults:
                none = _("已插入的CA中，没有序列号或名称为{named}的：").format(named=printable(named, 40))
                asking.say(none, *map(_name, snapshot.tokens))
                return Exit.TOKEN
            if not found:
                fault = snapshot.faults[0].failure if snapshot.faults else Failure(Reason.NO_TOKEN)
                raise TokenError(fault)
            if len(found) > 1:
                asking.say(_("插入了多个CA，请用--token指明一个，或只留下一个："), *map(_name, snapshot.tokens))
                return Exit.USAGE
            asking.say(_name(found[0]))
            return await act(port, found[0], asking)
        finally:
            await port.close()

    with Asking() as asking:
        return asyncio.run(done())


def _name(token: Token) -> str:
    return _("CA：{name}").format(name=f"{printable(token.label, 40)}  {printable(token.serial, 40)}")
