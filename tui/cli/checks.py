"""Check whether a renewal could work, and say so in words or for JSON (`doctor`)."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, suppress
from typing import Protocol

from tui.cli.certs.listing import Look
from tui.core.exits import Exit, exit_of
from tui.core.failure import DeskError, Failure, Money
from tui.core.frozen import frozen
from tui.core.order import ServiceStatus
from tui.core.token import Readers, Snapshot
from tui.journey.ports import Check, DeskPort
from tui.kiosk import wiring
from tui.kiosk.runtime.desk_time import DeskTime
from tui.kiosk.settings import KioskSettings
from tui.kiosk.text.checks import item_words
from tui.kiosk.text.wording import explain, technical

SETTLING = 5.0
"""Seconds in which a driver that sees no token has told whether a reader and a card are there."""


class Watched(Look, Protocol):
    """Tokens that are looked at for a while; `tui.token.tokens.Tokens` does it."""

    def watch(self) -> AsyncGenerator[Snapshot, None]: ...


@frozen
class Checked:
    """One line of `doctor --json`."""

    item: str
    ok: bool
    detail: str
    reason: str
    """A `core.failure.Reason`, empty when all is well."""


class NoDesk:
    """Stands for the desk where the settings lead to none."""

    def __init__(self, failure: Failure) -> None:
        self._failure = failure

    async def status(self) -> ServiceStatus:
        """Say why.

        :raises DeskError: always.
        """
        raise DeskError(self._failure)

    async def close(self) -> None:
        """There is nothing to close."""


async def examine(settings: KioskSettings) -> tuple[Check, ...]:
    """Ask drivers and desk; settings of no use to reach it are told as its check."""
    desk: DeskPort | NoDesk
    try:
        desk = wiring.desk(settings)
    except DeskError as error:
        desk = NoDesk(error.failure)
    try:
        return await wiring.checks(settings, desk, DeskTime()).run(await settled(wiring.tokens(settings.modules)))
    finally:
        await desk.close()


async def settled(tokens: Watched) -> Snapshot:
    """What the modules see; where that is no token, once it is known what is wanting: a service, a reader, a driver."""
    try:
        seen = await tokens.take_snapshot()
        if _open(seen):
            with suppress(TimeoutError):
                async with asyncio.timeout(SETTLING), aclosing(tokens.watch()) as looks:
                    async for seen in looks:
                        if not _open(seen):
                            break
        return seen
    finally:
        await tokens.close()


def _open(seen: Snapshot) -> bool:
    """Whether more may be known in a moment."""
    return not (seen.tokens or seen.faults) and seen.readers in (Readers.PRESENT, Readers.UNKNOWN)


def checked(checks: tuple[Check, ...]) -> tuple[Checked, ...]:
    """The lines of `doctor --json`."""
    return tuple(Checked(c.item, c.ok, c.detail, c.failure.reason.value if c.failure else "") for c in checks)


def check_lines(checks: tuple[Check, ...]) -> Iterator[str]:
    """环境检测 in words."""
    for check in checks:
        yield f"[{'✓' if check.ok else '✗'}] {item_words(check)}  {check.detail}".rstrip()
        if check.failure is not None:
            told = explain(check.failure, Money.NOT_TOUCHED)
            yield f"    {told.happened} {technical(check.failure)}"
            yield from (f"    {line}" for line in told.lines)


def verdict(checks: tuple[Check, ...]) -> Exit:
    """0 when all is well, else the code of the first thing that is not."""
    return next((exit_of(check.failure) for check in checks if check.failure), Exit.DONE)
