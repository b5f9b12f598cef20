"""Parses the words of `ca-kiosk`, and runs one command, of which no more is imported than it needs."""

import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from tui.cli.found import found
from tui.cli.plain import Plain, plain_command, plain_words
from tui.core.exits import Exit, exit_of
from tui.core.failure import KioskError, Money, Reason
from tui.process import garbage
from tui.process.beginning import prepare
from tui.process.hardening import harden, hide
from tui.process.output import flush, say
from tui.process.tables import SettingsError

if TYPE_CHECKING:
    from tui.cli.command import Command


def run(words: Sequence[str] | None) -> NoReturn:
    """Run one command, by default that of the command line, and exit with its code; see `tui.cli.main`."""
    prepare()
    alone, words = words is None, sys.argv[1:] if words is None else words
    plain, command = plain_words(words), plain_command(words)
    try:
        if plain is not None:
            code = _kiosk(plain)
        elif command is not None:
            code = _called(command)
        else:
            code = _command(words)
    except KioskError as error:
        _tell(error)
        code = exit_of(error.failure)
    except KeyboardInterrupt:  # of a command that gives Ctrl-C no meaning of its own
        code = 128 + signal.SIGINT
    finally:
        flush()
    if alone and command is not None:
        os._exit(code)  # it has closed all in order by itself: taking modules apart takes 10 ms
    gc.freeze()  # Python's end searches what is left for garbage: 20 ms
    sys.exit(code)


def _tell(error: KioskError) -> None:
    """What happened and what to do, in the person's language; of settings in both, for there may be no language yet."""
    if isinstance(error, SettingsError):
        say(f"{error} ({error.failure.reason.number})")
        return
    from tui.core.text_safety import printable
    from tui.kiosk.text.wording import explain

    told = explain(error.failure, Money.NOT_TOUCHED)
    say(f"{told.happened} ({error.failure.reason.number})\n{told.advice}")
    if error.failure.reason is Reason.SETTINGS_WRONG:
        say(printable(error.failure.detail, 200))


def _kiosk(plain: dict[str, Any]) -> int:
    """The kiosk, without the table of commands and its parser."""
    harden()
    garbage.put_off()
    from tui.cli.kiosk import kiosk

    return kiosk(**plain)


def _called(command: Plain) -> int:
    """A command without screens that needs no extra, without the table of commands and its parser."""
    harden()
    hide()
    function: Callable[..., int] = found(command.does)
    return function(**command.values)


def _command(words: Sequence[str]) -> int:
    """Any command of the table."""
    gc.enable()
    from tui.cli.parser import parser

    arguments = vars(parser().parse_args(words))
    harden()
    command: Command = arguments["command"]
    if not command.full_screen:
        hide()
    try:
        if command.logs:
            from tui.process.logbook import hold_back_values, log_to_stderr

            log_to_stderr()
            hold_back_values()
        return command.run(arguments)
    except ModuleNotFoundError as error:
        if not command.extra or (error.name or "").split(".")[0] == "tui":
            raise
        say(f"缺少 {error.name}，请先安装 / missing, install it first: pip install 'ca-renewal-kiosk[{command.extra}]'")
        return Exit.USAGE
