"""Man page and shell completions from the table of commands: `python -m tests.cli.manual` writes them anew."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import shtab

from tui.cli.command import Command, OneOf, Option
from tui.cli.found import found
from tui.cli.parser import LOG, Parser, parser
from tui.cli.table import COMMANDS, KIOSK
from tui.core.exits import LEGEND

ASSETS = Path(__file__).parents[2] / "assets"
MAN = ASSETS / "man" / "ca-kiosk.1"
COMPLETIONS = {"bash": ASSETS / "completions" / "bash", "zsh": ASSETS / "completions" / "zsh"}


def man_page() -> str:
    """The page in man(7)'s macros."""
    lines = [
        '.\\" made from the table of commands by python -m tests.cli.manual',
        ".TH CA\\-KIOSK 1",
        ".ad l",
        ".nh",
        ".SH NAME",
        "ca\\-kiosk \\- CA 证书自助续期终端 / renew the certificate on a USB token",
        ".SH SYNOPSIS",
        *(line for command in (KIOSK, *COMMANDS) for line in _synopsis(command)),
        ".SH DESCRIPTION",
        *_paragraphs(KIOSK.about),
        *_options(KIOSK),
        ".SH COMMANDS",
        *(line for command in COMMANDS for line in _section(command)),
        ".SH EXIT STATUS",
        *(line for row in LEGEND.splitlines()[1:] for line in _row(row)),
        ".SH FILES",
        *_paragraphs(LOG),
    ]
    return "\n".join(lines) + "\n"


def completion(shell: str) -> str:
    """The completion for `bash` or `zsh`."""
    return shtab.complete(whole_parser(), shell)


def whole_parser() -> argparse.ArgumentParser:
    """The parser with every command's options taken in."""
    made = parser()
    _prepare(made)
    return made


def _prepare(made: Parser) -> None:
    """Every command's options taken in; what takes a path completes files."""
    made.fill()
    for action in made._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                _prepare(command)
        elif action.type is Path:
            action.complete = shtab.FILE  # type: ignore[attr-defined]


def _section(command: Command) -> Iterator[str]:
    yield f'.SS "{_safe(command.name)}"'
    yield from _paragraphs(command.about)
    yield from _options(command)
    if command.more:
        yield from (".P", ".nf", *map(_safe, found(command.more).splitlines()), ".fi")


def _synopsis(command: Command) -> Iterator[str]:
    yield ".HP"
    yield f".B ca\\-kiosk{_safe(' ' + command.name) if command.name else ''}"
    for item in command.options:
        choices = item.options if isinstance(item, OneOf) else (item,)
        words = " | ".join(_word(option) for option in choices)
        needed = item.required or (isinstance(item, Option) and not item.flag and not item.optional)
        yield words if needed and len(choices) == 1 else f"({words})" if needed else f"[{words}]"


def _options(command: Command) -> Iterator[str]:
    for option in command.each:
        yield from (".TP", _word(option), *_paragraphs(option.about))


def _word(option: Option) -> str:
    """The option in bold, its value in italics."""
    choices = found(option.choices) if isinstance(option.choices, str) else option.choices
    value = option.metavar or ("|".join(choices) if choices else option.parameter.upper())
    if not option.flag:
        return f"\\fI{_safe(value)}\\fR"
    return f"\\fB{_safe(option.flag)}\\fR" + ("" if option.gives is not None else f" \\fI{_safe(value)}\\fR")


def _row(row: str) -> Iterator[str]:
    code, _, meaning = row.strip().partition(" ")
    yield from (".TP", f".B {_safe(code)}", _safe(meaning.strip()))


def _paragraphs(text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines()):
        if number:
            yield ".br"
        yield _safe(line)


def _safe(text: str) -> str:
    """Text that roff takes for nothing else."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


def made() -> dict[Path, str]:
    """Every file with what it must hold."""
    return {MAN: man_page(), **{path: completion(shell) for shell, path in COMPLETIONS.items()}}


if __name__ == "__main__":
    for file, text in made().items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
