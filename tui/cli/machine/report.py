"""`doctor --deep`: the machine first, then what `doctor` checks; each line that is not well with its fix."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from tui.cli.checks import check_lines, checked, examine, verdict
from tui.cli.machine import counter, place, reader, terminal
from tui.cli.machine.finding import Finding
from tui.core.failure import Money
from tui.core.frozen import frozen
from tui.journey.ports import Check
from tui.kiosk.settings import KioskSettings, load
from tui.kiosk.text import N_, _, use_language
from tui.kiosk.text.wording import explain
from tui.process.environment import environment
from tui.process.output import out, out_json

ITEMS = {
    "locale": N_("语言环境"),
    "terminal": N_("终端"),
    "fonts": N_("中文字体"),
    "typing": N_("中文输入"),
    "driver_file": N_("驱动文件"),
    "forwarded": N_("转发来的CA"),
    "pcscd": N_("读卡器服务"),
    "reader": N_("读卡器"),
    "desk_certificate": N_("续期服务证书"),
    "time_source": N_("校时"),
    "log": N_("日志"),
    "printer": N_("收据打印机"),
    "unit": N_("systemd单元"),
    "ways_out": N_("柜台出口"),
}
MARKS = {True: "✓", False: "✗", None: "–"}


@frozen
class DeeplyChecked:
    """One line of `doctor --deep --json`."""

    item: str
    ok: bool | None
    """None: cannot be judged from where the command runs."""
    detail: str
    reason: str
    """A `core.failure.Reason` of what `doctor` checks; empty for the machine, and when all is well."""
    fix: str


def report(config: Path | None, as_json: bool) -> int:
    """Print all; nothing is written, not even the log, which may be what is wrong."""
    settings = load(config)
    use_language(settings.language)
    found, checks = tuple(findings(settings)), asyncio.run(examine(settings))
    if as_json:
        out_json((*_of_machine(found), *_of_journey(checks)))
    else:
        out("\n".join((*finding_lines(found), *check_lines(checks))))
    return next((finding.code for finding in found if finding.ok is False), verdict(checks))


def findings(settings: KioskSettings) -> Iterator[Finding]:
    """What the machine has and lacks."""
    known = environment()
    yield from terminal.findings(known, settings.language)
    yield from reader.findings(settings.modules, known)
    yield from place.findings(settings)
    yield from counter.findings(settings.mode)


def finding_lines(found: tuple[Finding, ...]) -> Iterator[str]:
    """The machine in words."""
    for finding in found:
        yield f"[{MARKS[finding.ok]}] {_(ITEMS[finding.item])}  {finding.detail}"
        if finding.fix:
            yield f"    {finding.fix}"


def _of_machine(found: tuple[Finding, ...]) -> Iterator[DeeplyChecked]:
    for each in found:
        yield DeeplyChecked(each.item, each.ok, each.detail, "", each.fix)


def _of_journey(checks: tuple[Check, ...]) -> Iterator[DeeplyChecked]:
    for check, line in zip(checks, checked(checks), strict=True):
        told = explain(check.failure, Money.NOT_TOUCHED).lines if check.failure else ()
        yield DeeplyChecked(line.item, line.ok, line.detail, line.reason, " ".join(told))
