"""Run `ca-kiosk certs`."""

import asyncio
from pathlib import Path

from tui.cli.certs import listing, watch
from tui.cli.output import out, out_json, say
from tui.cli.settings import begin
from tui.core.exits import Exit, exit_of
from tui.core.token import Snapshot
from tui.kiosk import wiring
from tui.kiosk.runtime.runtime import utc_now
from tui.kiosk.settings import ModuleSettings, language_named
from tui.kiosk.text import use_language


def certs(config: Path | None, module: Path | None, watching: bool, as_json: bool) -> int:
    """Every certificate on every token, once or at every change."""
    if module:
        use_language(language_named())
        modules: tuple[ModuleSettings, ...] = (ModuleSettings(module.absolute()),)
    else:
        modules = begin(config).modules
    if watching:
        return watch.run(wiring.tokens(modules), utc_now)

    async def look() -> Snapshot:
        return await listing.look(wiring.tokens(modules))

    snapshot, now = asyncio.run(look()), utc_now()
    if as_json:
        out_json(listing.listed(snapshot, now))
        for line in listing.fault_lines(snapshot):
            say(line)
    else:
        out("\n".join(listing.certificate_lines(snapshot, now)))
    return Exit.DONE if snapshot.tokens or not snapshot.faults else exit_of(snapshot.faults[0].failure)
