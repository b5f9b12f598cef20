"""The words of the commands that programs run most, understood without the parser: its import takes milliseconds."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple


class Plain(NamedTuple):
    """A command of the table, as the parser would have it called."""

    does: str
    """`module:function`."""
    values: dict[str, Any]


_CERTS: Final = {"--config": "config", "--module": "module"}
_RENEW: Final = {"--config": "config", "--answers": "answers", "--pin-file": "pin_file"}


def plain_words(words: Sequence[str]) -> dict[str, Any] | None:
    """What `tui.cli.kiosk.kiosk` is called with for no words, or for `--config FILE`; None for all others."""
    match words:
        case []:
            return {"config": None, "linear": False}
        case ["--config", file] if not file.startswith("-"):
            return {"config": Path(file), "linear": False}
        case _:
            return None


def plain_command(words: Sequence[str]) -> Plain | None:
    """For `certs --json` with settings, a module or neither, and for `renew` with all files; None for all others."""
    match words:
        case ["certs", "--json", *rest] if (files := _files(rest, _CERTS)) is not None and len(files) < 2:
            values = {"config": None, "module": None, "watching": False, "as_json": True, **files}
            return Plain("tui.cli.certs.run:certs", values)
        case ["renew", "--json", *rest] | ["renew", *rest] if (files := _files(rest, _RENEW)) is not None:
            if len(files) == len(_RENEW):
                return Plain("tui.cli.renew:renew", {**files, "as_json": words[1] == "--json"})
    return None


def _files(words: Sequence[str], options: Mapping[str, str]) -> dict[str, Path] | None:
    """Each option's file by its parameter; None where anything else stands among them, or one twice."""
    names, files = words[::2], words[1::2]
    if len(names) != len(files) or not options.keys() >= set(names) or len(set(names)) != len(names):
        return None
    if any(file.startswith("-") for file in files):
        return None
    return {options[name]: Path(file) for name, file in zip(names, files, strict=True)}
