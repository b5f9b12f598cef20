"""Check whether a renewal could work, as JSON or in words (`doctor`)."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tui.cli.certs.listing import Look, look
from tui.cli.output import out
from tui.cli.settings import begin
from tui.core.exits import Exit, exit_of
from tui.core.failure import Money
from tui.journey.ports import Check, DeskPort, SelfCheckPort
from tui.kiosk import wiring
from tui.kiosk.text import N_, _
from tui.kiosk.text.wording import explain

ITEMS = {
    "driver": N_("驱动模块"),
    "token": N_("CA"),
    "certificate": N_("证书"),
    "desk": N_("续期服务"),
    "clock": N_("系统时间"),
    "version": N_("程序版本"),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """One line of `doctor --json`."""

    item: str
    ok: bool
    detail: str
    reason: str
    """A `core.failure.Reason`, empty when all is well."""


def doctor(config: Path | None, as_json: bool) -> int:
    """环境检测."""
    settings = begin(config)

    async def run() -> tuple[Check, ...]:
        desk = wiring.desk(settings)
        return await examine(wiring.tokens(settings.modules), desk, wiring.checks(settings, desk))

    checks = asyncio.run(run())
    out(_as_json(checked(checks)) if as_json else "\n".join(check_lines(checks)))
    return verdict(checks)


async def examine(tokens: Look, desk: DeskPort, checks: SelfCheckPort) -> tuple[Check, ...]:
    """One run of 环境检测."""
    try:
        return await checks.run(await look(tokens))
    finally:
        await desk.close()


def checked(checks: tuple[Check, ...]) -> tuple[Checked, ...]:
    """The lines of `doctor --json`."""
    return tuple(Checked(c.item, c.ok, c.detail, c.failure.reason.value if c.failure else "") for c in checks)


def _as_json(rows: tuple[Checked, ...]) -> str:
    """An indented JSON list."""
    return msgspec.json.format(msgspec.json.encode(rows), indent=2).decode()


def check_lines(checks: tuple[Check, ...]) -> Iterator[str]:
    """环境检测 in words."""
    for check in checks:
        yield f"[{'✓' if check.ok else '✗'}] {_(ITEMS[check.item])}  {check.detail}".rstrip()
        if check.failure is not None:
            told = explain(check.failure, Money.NOT_TOUCHED)
            yield f"    {told.happened}"
            yield from (f"    {line}" for line in told.lines)


def verdict(checks: tuple[Check, ...]) -> Exit:
    """0 when all is well, else the code of the first thing that is not."""
    return next((exit_of(check.failure) for check in checks if check.failure), Exit.DONE)
