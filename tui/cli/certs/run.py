"""Run `ca-kiosk certs`: start the drivers' processes, and import the rest while they look at the tokens."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.module import named_module
from tui.kiosk.settings import KioskSettings, language_named, load
from tui.kiosk.wiring import branched, glance, tokens

if TYPE_CHECKING:
    from tui.core.token import Snapshot
    from tui.token.tokens import Tokens


def certs(config: Path | None, module: Path | None, watching: bool, as_json: bool) -> int:
    """Every certificate on every token, once or at every change."""
    settings = None if module else load(config)
    modules = settings.modules if settings else ()
    if module:
        modules = (named_module(module),)
    with closing(branched(modules)) as started:
        _speak(settings)
        if watching:
            from tui.cli.certs import watch
            from tui.process.clock import utc_now

            return watch.run(tokens(modules, started), utc_now)
        from tui.cli.certs.told import tell

        return tell(glance(modules, started) or _look(tokens(modules, started)), as_json=as_json)


def _speak(settings: KioskSettings | None) -> None:
    """The language of the settings, with their log open, or else the environment's; the processes start meanwhile."""
    if settings:
        from tui.cli.settings import take_up

        take_up(settings)
    else:
        from tui.kiosk.text import use_language

        use_language(language_named())


def _look(found: "Tokens") -> "Snapshot":
    """With patience for slow drivers, a second start for what failed, and the faults in the end."""
    import asyncio

    from tui.cli.certs.listing import look

    return asyncio.run(look(found))
