"""`ca-kiosk doctor`: could a renewal work here?"""

import asyncio
from pathlib import Path

from tui.cli.checks import check_lines, checked, examine, verdict
from tui.cli.machine.report import report
from tui.cli.settings import begin
from tui.process.output import out, out_json


def doctor(config: Path | None, as_json: bool, deep: bool) -> int:
    """环境检测."""
    if deep:
        return report(config, as_json)
    checks = asyncio.run(examine(begin(config)))
    if as_json:
        out_json(checked(checks))
    else:
        out("\n".join(check_lines(checks)))
    return verdict(checks)
