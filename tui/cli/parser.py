"""The parser of the table's commands; help in Chinese first, then English."""

import argparse
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from tui import __version__
from tui.cli.command import Command, OneOf, Option
from tui.cli.found import found
from tui.cli.table import COMMANDS, GROUPS, KIOSK
from tui.core.exits import LEGEND, Exit
from tui.process.output import written

LOG = """\
日志 / log: ~/.local/state/ca-kiosk/kiosk.log，kiosk.toml 里 [kiosk] log = "路径" 可改，log = "" 则不写；
个人信息已打码，不含密码 / personal data masked, never a password"""
EPILOG = f"{LEGEND}\n\n{LOG}"
TITLE = "命令 / commands"


class Parser(argparse.ArgumentParser):
    """Takes its options in when it is about to parse: of twenty commands one is run."""

    def __init__(self, about: str, fill: "Callable[[Parser], None]", **words: Any) -> None:
        super().__init__(
            description=about,
            epilog=EPILOG,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            add_help=False,
            allow_abbrev=False,
            **words,
        )
        self._fill: Callable[[Parser], None] | None = fill

    def fill(self) -> None:
        """Take the options in, once."""
        if (fill := self._fill) is not None:
            self._fill = None
            self.add_argument("-h", "--help", action="help", help="显示帮助 / show this help")
            fill(self)

    def parse_known_args(self, *words: Any, **named: Any) -> Any:
        """As argparse does, and as it asks the parser of a command, which tells by itself what it does not know."""
        self.fill()
        values, rest = super().parse_known_args(*words, **named)
        if rest:
            self.error(f"unrecognized arguments: {' '.join(rest)}")
        return values, rest

    def error(self, message: str) -> NoReturn:
        """As argparse does, and in Chinese that it is the words."""
        self.print_usage(sys.stderr)
        self.exit(Exit.USAGE, f"{self.prog}: 参数有误 / error: {message}\n")

    def _print_message(self, message: str, file: Any = None) -> None:
        """As argparse does, but for what cannot be written: argparse passes over it."""
        if file is not sys.stdout:
            super()._print_message(message, file)
            return
        with written():
            sys.stdout.write(message)
            sys.stdout.flush()


def parser() -> Parser:
    """Parses all commands; `command` in the result is the one to run."""
    return Parser(KIOSK.about, _fill_top, prog="ca-kiosk")


def _fill_top(top: Parser) -> None:
    top.add_argument("--version", action="version", version=__version__, help="版本 / version")
    _fill_command(top, KIOSK)
    top.set_defaults(config=None)
    commands = top.add_subparsers(title=TITLE, metavar="[COMMAND]")
    for command in COMMANDS:
        if " " not in command.name:
            _add(commands, command.name, command)
    for group in GROUPS:
        commands.add_parser(group.name, help=group.about, about=group.about, fill=_group(group.name))


def _group(name: str) -> Callable[[Parser], None]:
    def fill(made: Parser) -> None:
        commands = made.add_subparsers(title=TITLE, metavar="COMMAND", required=True, dest="which")
        for command in COMMANDS:
            first, _, second = command.name.partition(" ")
            if first == name:
                _add(commands, second, command)

    return fill


def _add(commands: "argparse._SubParsersAction[Parser]", word: str, command: Command) -> None:
    def fill(made: Parser) -> None:
        _fill_command(made, command)
        below = [other for other in COMMANDS if other.name.startswith(f"{command.name} ")]
        if below:
            further = made.add_subparsers(title=TITLE, metavar="[COMMAND]")
            for other in below:
                _add(further, other.name.removeprefix(f"{command.name} "), other)

    commands.add_parser(word, help=command.about, about=command.about, fill=fill)


def _fill_command(made: Parser, command: Command) -> None:
    if command.more:
        made.description = f"{command.about}\n\n{found(command.more)}"
    for item in command.options:
        if isinstance(item, OneOf):
            group = made.add_mutually_exclusive_group(required=item.required)
            for option in item.options:
                _add_option(group, option)
        else:
            _add_option(made, item)
    made.set_defaults(command=command)


def _add_option(made: argparse._ActionsContainer, option: Option) -> None:
    words: dict[str, Any] = {"help": option.about, "default": option.default}
    if option.inherited and not option.required:
        words["default"] = argparse.SUPPRESS
    if option.choices:
        choices = found(option.choices) if isinstance(option.choices, str) else option.choices
        words["choices"] = tuple(map(str, choices))  # an error names them, and a name's repr is for programmers
    if option.gives is not None:
        words |= {"action": "store_const", "const": option.gives}
    else:
        words |= {"metavar": option.metavar, "type": option.kind}
    if option.repeated:
        words |= {"action": "append", "default": []}
    if option.flag:
        made.add_argument(option.flag, dest=option.parameter, required=option.required, **words)
    else:
        made.add_argument(option.parameter, nargs="?" if option.optional else None, **words)
