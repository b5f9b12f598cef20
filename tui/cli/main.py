"""Run the command that the arguments name; import only what it needs."""

import argparse
import os
import signal
import sys
from codecs import lookup
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, NoReturn, assert_never

from tui.cli.arguments import parser
from tui.cli.services import SERVICES, SERVICES_NEED
from tui.core.exits import Exit, exit_of
from tui.core.failure import KioskError
from tui.kiosk.settings import (
    LANGUAGE_VARIABLE,
    KioskSettings,
    Language,
    QrDrawing,
    clean_environment,
    environment,
    forget_inherited,
    language_named,
    load,
)
from tui.kiosk.terminal.console_font import drawn_characters
from tui.kiosk.terminal.tty import has_half_blocks, is_linux_console, unfit
from tui.kiosk.text import use_language
from tui.process import garbage
from tui.process.hardening import harden, hide

if TYPE_CHECKING:
    from tui.sandbox.demo.session import Demo

Command = Callable[[argparse.Namespace], int]


def main(words: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit with its code."""
    sys.excepthook = _crashed
    _print_anywhere()
    forget_inherited()
    arguments = parser().parse_args(words)
    harden()
    if arguments.command not in FULL_SCREEN:
        hide()
    try:
        code = COMMANDS[arguments.command](arguments)
    except KioskError as error:
        _say(str(error))
        code = exit_of(error.failure)
    except ModuleNotFoundError as error:
        if arguments.command not in NEEDS_EXTRA or (error.name or "").split(".")[0] == "tui":
            raise
        extra = NEEDS_EXTRA[arguments.command]
        _say(f"缺少 {error.name}，请先安装 / missing, install it first: pip install 'ca-renewal-kiosk[{extra}]'")
        code = Exit.USAGE
    sys.exit(code)


def kiosk(arguments: argparse.Namespace) -> int:
    """The full-screen program."""
    _need_terminal()
    _restart_clean()
    settings = _settings(arguments)
    garbage.put_off()
    from tui.kiosk.app import KioskApp, run
    from tui.kiosk.wiring import runtime

    fit_terminal(settings)
    app = KioskApp(runtime(settings), idle_seconds=settings.idle_seconds)
    garbage.resume()
    return run(app)


def demo(arguments: argparse.Namespace) -> int:
    """Sandbox, token and kiosk in one."""
    _need_terminal()
    _restart_clean()
    from tui.sandbox.demo.session import DemoFailed, prepare

    try:
        town = prepare(arguments.dir)
    except (DemoFailed, OSError) as error:
        _say(f"{error}")
        return Exit.USAGE
    try:
        return _play(town, arguments)
    finally:
        town.close()


def _play(town: "Demo", arguments: argparse.Namespace) -> int:
    """The kiosk in the demo's town, by hand or by itself."""
    garbage.put_off()
    from tui.kiosk.app import KioskApp, run
    from tui.kiosk.wiring import runtime

    settings = load(town.kiosk_config)
    use_language(settings.language)
    fit_terminal(settings)
    app = KioskApp(runtime(settings), town.phone, settings.idle_seconds)
    garbage.resume()
    if not arguments.autoplay:
        return run(app)
    from tui.kiosk.autoplay import Autoplay, Visitor
    from tui.kiosk.unattended.answers import read_answers

    known = read_answers(town.directory / "answers.toml")
    visitor = Visitor(town.account, town.password, town.pin, known.form, known.invoice)
    return run(app, Autoplay(visitor, arguments.speed, arguments.pictures))


def certs(arguments: argparse.Namespace) -> int:
    """Every certificate on every token, once or at every change."""
    import asyncio

    from tui.cli.certs import listing
    from tui.cli.certs import watch as certs_watch
    from tui.journey.ports import Snapshot
    from tui.kiosk import wiring
    from tui.kiosk.runtime.runtime import utc_now
    from tui.kiosk.settings import ModuleSettings

    if arguments.module:
        use_language(language_named())
        modules: tuple[ModuleSettings, ...] = (ModuleSettings(arguments.module.absolute()),)
    else:
        modules = _settings(arguments).modules

    if arguments.watch:
        return certs_watch.run(wiring.tokens(modules), utc_now)

    async def look() -> Snapshot:
        return await listing.look(wiring.tokens(modules))

    snapshot, now = asyncio.run(look()), utc_now()
    if arguments.json:
        _out(listing.as_json(listing.listed(snapshot, now)))
        for line in listing.fault_lines(snapshot):
            _say(line)
    else:
        _out("\n".join(listing.certificate_lines(snapshot, now)))
    return Exit.DONE if snapshot.tokens or not snapshot.faults else exit_of(snapshot.faults[0].failure)


def doctor(arguments: argparse.Namespace) -> int:
    """环境检测."""
    import asyncio

    from tui.cli.doctor import as_json, check_lines, checked, examine, verdict
    from tui.journey.ports import Check
    from tui.kiosk import wiring

    settings = _settings(arguments)

    async def run() -> tuple[Check, ...]:
        desk = wiring.desk(settings)
        return await examine(wiring.tokens(settings.modules), desk, wiring.checks(settings, desk))

    checks = asyncio.run(run())
    _out(as_json(checked(checks)) if arguments.json else "\n".join(check_lines(checks)))
    return verdict(checks)


def renew(arguments: argparse.Namespace) -> int:
    """The journey without screens."""
    from tui.kiosk.unattended.answers import read_answers
    from tui.kiosk.unattended.journey import Journey
    from tui.kiosk.unattended.report import JsonReport, WordReport
    from tui.kiosk.wiring import runtime
    from tui.process.pin_file import read_pin, refuse_open

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    for file in (arguments.answers, arguments.pin_file):
        refuse_open(file)
    settings, answers = _settings(arguments), read_answers(arguments.answers)
    pin = read_pin(arguments.pin_file)
    report = JsonReport() if arguments.json else WordReport(sys.stdout)
    return Journey(runtime(settings), answers, pin, report).run()


COMMANDS: dict[str, Command] = {
    "kiosk": kiosk,
    "demo": demo,
    "certs": certs,
    "doctor": doctor,
    "renew": renew,
    **SERVICES,
}

FULL_SCREEN = frozenset({"kiosk", "demo"})
"""They hide their memory after the first paint."""
HAN = ord("一")
"""Stands for all Chinese: a font has this one or none."""
NEEDS_EXTRA = {"demo": "demo", **SERVICES_NEED}


def _settings(arguments: argparse.Namespace) -> KioskSettings:
    from tui.process.logbook import open_logbook

    settings = load(arguments.config)
    use_language(settings.language)
    open_logbook(settings.log)
    return settings


def _need_terminal() -> None:
    if why := unfit(environment()):
        _say(why)
        sys.exit(Exit.USAGE)


def fit_terminal(settings: KioskSettings) -> None:
    """What the font draws decides about the code, and on a console without Chinese about the language.

    `CA_KIOSK_LANGUAGE` goes before, for consoles that draw more than they say. To be called before the app is made.
    """
    font = drawn_characters(sys.stdout.fileno())
    choose_qr_drawing(settings.qr, font)
    if font is not None and HAN not in font and not environment().get(LANGUAGE_VARIABLE):
        use_language(Language.ENGLISH)


def choose_qr_drawing(wanted: QrDrawing, font: frozenset[int] | None) -> None:
    """Half blocks where neither the settings nor the terminal speak against them."""
    from tui.kiosk.widgets.qr import QrCode

    QrCode.grey_grounds = is_linux_console(environment())
    match wanted:
        case QrDrawing.AUTO:
            known = has_half_blocks(environment(), font)
            QrCode.half_blocks, QrCode.doubtful = known is not False, known is None
        case QrDrawing.HALF | QrDrawing.WIDE:
            QrCode.half_blocks, QrCode.doubtful = wanted is QrDrawing.HALF, False
        case _:
            assert_never(wanted)


def _restart_clean() -> None:
    """Begin again where the environment would garble the screen: TEXTUAL_* set, or output that is not UTF-8."""
    clean = clean_environment()
    garbled = not sys.flags.utf8_mode and sys.getfilesystemencoding() != "utf-8"
    if clean is not None or garbled:
        words = [sys.executable, "-X", "utf8", *sys.orig_argv[1:]]
        os.execve(sys.executable, words, clean or environment())  # noqa: S606


def _print_anywhere() -> None:
    """No text fails for want of a character or of a descriptor: ASCII, which has none of ours, becomes UTF-8."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed; the argument parser of some Pythons would fail over it
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - for the process's life
        stream = getattr(sys, name)
        if isinstance(stream, TextIOWrapper):
            ascii_only = lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding="utf-8" if ascii_only else None, errors="replace")


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    """SIGINT, SIGTERM, SIGHUP: the application stays at the desk, the ports are closed on the way out."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> NoReturn:
    """The last line for an unexpected exception: its type and place, no values."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
    _say(f"程序故障 / internal fault: {kind.__name__} {where}")
    raise SystemExit(Exit.FAULT)


def _out(text: str) -> None:
    sys.stdout.buffer.write(f"{text}\n".encode())
    sys.stdout.buffer.flush()


def _say(text: str) -> None:
    print(text, file=sys.stderr)
