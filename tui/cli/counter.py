"""The kiosk in counter mode: this process becomes the supervisor, which starts the programs that strangers see."""

import os
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import tui
from tui.cli.fit import fit_app, fit_terminal
from tui.cli.settings import begin
from tui.cli.spoken import speak_what_is_drawn
from tui.core.exits import Exit, exit_of
from tui.core.failure import KioskError
from tui.core.secret import Password
from tui.kiosk.settings import KioskSettings
from tui.kiosk.terminal.console_font import drawn_characters
from tui.kiosk.terminal.launch_page import starting
from tui.kiosk.text import _
from tui.kiosk.text.wording import call
from tui.kiosk.wiring import head_start, runtime
from tui.process import garbage
from tui.process.beginning import prepare
from tui.process.environment import environment
from tui.process.hardening import harden
from tui.process.output import say

if TYPE_CHECKING:
    from tui.kiosk.counter.visit import Visit

_ENTRY: Final = """\
import sys
if sys.argv[1] not in sys.path: sys.path.insert(0, sys.argv[1])
from {module} import main
main()"""
"""`python -I` forgets where a checkout lies; the installed package is found without help."""
_ROOT: Final = str(Path(tui.__file__).parent.parent)


def supervise(settings: KioskSettings, *, lines: bool) -> NoReturn:
    """Become the supervisor; it knows the standard library alone, and none of what this process has imported.

    Line by line what one person typed would stand above the next one's answers: there is no such counter.
    """
    if lines:
        say("柜台模式只能用全屏界面 / a counter needs the full screen")
        sys.exit(Exit.USAGE)
    if not _may_open_terminal():
        say("柜台模式须能打开本终端；su之后不能 / a counter must be able to open its terminal; after su it is not")
        sys.exit(Exit.USAGE)
    program = (sys.executable, "-I", "-X", "utf8", "-c", _entry("tui.cli.counter"), _ROOT, str(settings.source))
    speak_what_is_drawn(drawn_characters(sys.stdout.fileno()))
    suspended = "\n".join((_("暂停服务"), "", _("本终端暂时不能办理，请使用其他终端。"), call()))
    said = "\n".join(starting(environment())), _("正在重新启动，请稍候。"), suspended
    supervisor = (sys.executable, "-I", "-S", "-X", "utf8", "-c", _entry("tui.kiosk.counter.supervisor"), _ROOT)
    os.execv(sys.executable, (*supervisor, str(settings.idle_seconds), *said, *program))  # noqa: S606


def _may_open_terminal() -> bool:
    """The supervisor opens it anew by its name; that of a session which su(1) left belongs to whoever signed in."""
    try:
        return os.access(os.ttyname(0), os.R_OK | os.W_OK)
    except OSError:  # it has no name here, as a terminal from outside a container
        return False


def _entry(module: str) -> str:
    return _ENTRY.format(module=module)


def main() -> NoReturn:
    """The program that strangers see: settings file, and the descriptors of reports and orders."""
    prepare()
    harden()
    garbage.put_off()
    from tui.kiosk.counter.visit import Visit

    _root, config, reports, orders = sys.argv[1:]
    visit = Visit(int(reports), int(orders))
    try:
        code = _show(begin(Path(config)), visit)
    except KioskError as error:
        say(str(error))
        code = exit_of(error.failure)
    sys.exit(code)


def _verifier(hashed: str | None) -> Callable[[Password], bool] | None:
    """None where the settings have no operator's password."""
    if hashed is None:
        return None

    def verify(password: Password) -> bool:
        from tui.cli.operator_password import is_right

        return is_right(password, hashed)

    return verify


def _show(settings: KioskSettings, visit: "Visit") -> int:
    """Once the supervisor says so."""
    with closing(head_start(settings.modules)) as started:
        import tui.kiosk.lean  # noqa: F401 - before all that imports Textual
        from tui.kiosk.counter.app import CounterApp
        from tui.kiosk.run import run

        fit_terminal(settings)
        app = CounterApp(runtime(settings, started), visit, settings.idle_seconds, _verifier(settings.operator))
        fit_app(app, settings)
        garbage.set_aside()
        if not visit.wait_to_be_shown():
            return Exit.DONE
        app.take_over(visit.comforts)
        return run(app)
