"""`ca-kiosk` and `ca-kiosk demo`: the full-screen program, which needs a terminal that is fit for it."""

import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.fit import fit_app, fit_terminal
from tui.cli.lines import by_lines, is_dumb
from tui.cli.settings import begin
from tui.cli.spoken import speak_what_is_drawn
from tui.core.exits import Exit
from tui.kiosk.settings import KioskSettings, Mode, load
from tui.kiosk.terminal.console_font import drawn_characters
from tui.kiosk.terminal.launch_page import LaunchPage
from tui.kiosk.terminal.tty import unfit
from tui.kiosk.text import use_language
from tui.kiosk.wiring import head_start, runtime
from tui.process import garbage
from tui.process.environment import clean_environment, environment
from tui.process.output import say, unusable

if TYPE_CHECKING:
    from tui.journey.ports import Phone
    from tui.kiosk.autoplay import Autoplay
    from tui.sandbox.demo.session import Demo


def kiosk(config: Path | None, linear: bool) -> int:
    """The full-screen program; line by line at the person's wish, and where the terminal has no screen."""
    lines = linear or is_dumb()
    if not lines:
        _need_terminal()
        _restart_clean()
    settings = begin(config)
    if settings.mode is Mode.SSH:
        from tui.cli.ssh import refuse_other_command

        refuse_other_command(environment())
    elif settings.mode is Mode.COUNTER:
        from tui.cli.counter import supervise

        supervise(settings, lines=lines)
    return by_lines(settings) if lines else _show(settings)


def demo(directory: Path | None, autoplay: bool, speed: float, pictures: Path | None, linear: bool) -> int:
    """Sandbox, token and kiosk in one."""
    if not linear:
        _need_terminal()
        _restart_clean()
    from tui.sandbox.demo.session import DemoFailed, prepare

    try:
        if pictures is not None:  # told now, and not once the first page is to be kept
            pictures.mkdir(parents=True, exist_ok=True)
        prepared = prepare(directory)
    except DemoFailed as error:
        say(error)
        return Exit.USAGE
    except OSError as error:
        say(unusable(error))
        return Exit.USAGE
    try:
        return _play(prepared, autoplay, speed, pictures, linear)
    finally:
        prepared.close()


def _play(demo: "Demo", autoplay: bool, speed: float, pictures: Path | None, linear: bool) -> int:
    """The kiosk of the demo, by hand or by itself."""
    settings = load(demo.kiosk_config)
    use_language(settings.language)
    if linear:
        return by_lines(settings, demo.phone)
    if not autoplay:
        return _show(settings, demo.phone)
    from tui.kiosk.autoplay import Autoplay, Visitor
    from tui.kiosk.unattended.answers import read_answers

    known = read_answers(demo.directory / "answers.toml")
    visitor = Visitor(demo.account, demo.password, demo.pin, known.form, known.invoice)
    return _show(settings, demo.phone, Autoplay(visitor, speed, pictures))


def _show(settings: KioskSettings, phone: "Phone | None" = None, pilot: "Autoplay | None" = None) -> int:
    """The screens; the drivers' processes look at the tokens while the screens are imported."""
    speak_what_is_drawn(drawn_characters(sys.stdout.fileno()))
    page = LaunchPage().show(environment())
    with closing(page), closing(head_start(settings.modules)) as started:
        garbage.put_off()
        import tui.kiosk.lean  # noqa: F401 - before all that imports Textual
        from tui.kiosk.app import KioskApp
        from tui.kiosk.run import run

        fit_terminal(settings)
        app = KioskApp(runtime(settings, started), phone, settings.idle_seconds)
        fit_app(app, settings)
        app.launch_page = page
        garbage.set_aside()
        return run(app, pilot)


def _need_terminal() -> None:
    if why := unfit(environment()):
        say(why)
        sys.exit(Exit.USAGE)


def _restart_clean() -> None:
    """Begin again where the environment would garble the screen: TEXTUAL_* set, or output that is not UTF-8."""
    clean = clean_environment()
    garbled = not sys.flags.utf8_mode and sys.getfilesystemencoding() != "utf-8"
    if clean is not None or garbled:
        words = [sys.executable, "-X", "utf8", *sys.orig_argv[1:]]
        os.execve(sys.executable, words, clean or environment())  # noqa: S606
