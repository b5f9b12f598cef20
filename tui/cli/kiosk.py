"""`ca-kiosk` and `ca-kiosk demo`: the full-screen program, which needs a terminal that is fit for it."""

import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from tui.cli.lines import by_lines, is_dumb
from tui.cli.settings import begin
from tui.core.exits import Exit
from tui.kiosk.settings import LANGUAGE_VARIABLE, KioskSettings, Language, Mode, QrDrawing, load
from tui.kiosk.terminal.console_font import drawn_characters, draws_chinese
from tui.kiosk.terminal.launch_page import LaunchPage
from tui.kiosk.terminal.tty import has_half_blocks, unfit
from tui.kiosk.text import use_language
from tui.kiosk.wiring import head_start, outlets, runtime
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
        from tui.kiosk.app import KioskApp, run

        fit_terminal(settings)
        app = KioskApp(runtime(settings, started), phone, settings.idle_seconds)
        app.mode = settings.mode
        app.hands.without_keys, app.hands.shuffled = settings.touch, settings.shuffled_digits
        app.outlets, app.launch_page = outlets(settings), page
        garbage.set_aside()
        return run(app, pilot)


def fit_terminal(settings: KioskSettings) -> None:
    """What the font draws decides about the code, the dots and the language; to be called before the app is made."""
    from tui.kiosk.app import KioskApp
    from tui.kiosk.widgets.step_indicator import StepIndicator

    KioskApp.wanted = settings.palette
    font = drawn_characters(sys.stdout.fileno())
    if font is not None and ord(StepIndicator.tick) not in font:
        StepIndicator.tick = "+"
    choose_qr_drawing(settings.qr, font)
    if font is not None:
        _choose_dot(font)
    speak_what_is_drawn(font)


def _choose_dot(font: frozenset[int]) -> None:
    from tui.kiosk.widgets.secret_field import SecretField

    if ord(SecretField.dot) not in font:
        SecretField.dot = "*"


def speak_what_is_drawn(font: frozenset[int] | None) -> None:
    """English on a console without Chinese, unless `CA_KIOSK_LANGUAGE` says that it draws more than it tells."""
    if draws_chinese(font) is False and not environment().get(LANGUAGE_VARIABLE):
        use_language(Language.ENGLISH, alone=True)


def choose_qr_drawing(wanted: QrDrawing, font: frozenset[int] | None) -> None:
    """Half blocks where neither the settings nor the terminal speak against them."""
    from tui.kiosk.terminal.colour_depth import has_eight
    from tui.kiosk.widgets.figures import Figures
    from tui.kiosk.widgets.qr import QrCode

    QrCode.has_white_grounds = not has_eight(environment())
    match wanted:
        case QrDrawing.AUTO:
            known = has_half_blocks(environment(), font)
            QrCode.half_blocks, QrCode.doubtful = known is not False, known is None
        case QrDrawing.HALF | QrDrawing.WIDE:
            QrCode.half_blocks, QrCode.doubtful = wanted is QrDrawing.HALF, False
        case _:
            assert_never(wanted)
    Figures.half_blocks = QrCode.half_blocks and not QrCode.doubtful


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
