"""Whole journeys in terminals of many kinds, from the first screen to the receipt: `python -m tests.bench.journeys`.

The demonstration's own person presses the keys, in the real program, with the real token, desk and gateway, in a
pseudo-terminal that answers no question. A row a terminal: whether the certificate was installed, how many bytes were
written, and what in them the terminal cannot show. The journeys by fingers alone, by keys alone without an input method
and line by line are tests (`tests/end_to_end/screens/test_hands.py`, `tests/end_to_end/test_lines.py`).
"""

import os
import re
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pexpect

from tests.harness.end_to_end.sandbox import command
from tui.kiosk.settings import LANGUAGE_VARIABLE
from tui.kiosk.text import _, use_language

INSTALLED = "证书安装完成！"
_PATIENCE = 240
_DIRECT, _INDEXED, _BRIGHT = (
    re.compile(rb"[34]8[;:]2[;:](?!1;2;3m)"),
    re.compile(rb"[34]8[;:]5[;:]"),
    re.compile(rb"[\[;]10[0-7]m"),
)
"""But for the direct colour by which a terminal is asked whether it knows them (`colour_depth.QUESTION`)."""
_COLOUR = re.compile(rb"\x1b\[(?:[0-9;:]*;)?(?:3[0-7]|4[1-7]|[34]8[;:][0-9;:]*|9[0-6]|10[0-7])(?:;[0-9;:]*)?m")
"""But for the white and black of the payment code."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A terminal as programs know it."""

    environment: Mapping[str, str]
    lacks: tuple[re.Pattern[bytes], ...] = ()
    """What it must never be sent."""
    language: str = "zh"
    size: tuple[int, int] = (80, 24)


KINDS = {
    "true colour": Kind({"TERM": "xterm-256color", "COLORTERM": "truecolor"}),
    "true colour, 120x40": Kind({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, size=(120, 40)),
    "English": Kind({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, language="en"),
    "256 colours": Kind({"TERM": "xterm-256color"}, (_DIRECT,)),
    "16 colours": Kind({"TERM": "xterm"}, (_DIRECT, _INDEXED)),
    "8 colours": Kind({"TERM": "xterm-8color"}, (_DIRECT, _INDEXED, _BRIGHT)),
    "TERM=linux": Kind({"TERM": "linux"}, (_DIRECT, _INDEXED)),  # a bright ground is taken for its dark one (vt.c)
    "TERM=linux, English": Kind({"TERM": "linux"}, (_DIRECT, _INDEXED), language="en"),
    "no colours": Kind({"TERM": "xterm-256color", "NO_COLOR": "1"}, (_COLOUR,)),
}


def main() -> None:
    """A table; 1 where a journey did not end, or a terminal was sent what it cannot show."""
    failed = 0
    print("| terminal | certificate installed | bytes | cannot be shown |\n|---|---|---|---|", flush=True)
    for name in sys.argv[1:] or KINDS:
        kind = KINDS[name]
        with tempfile.TemporaryDirectory() as folder:
            code, written = _walked(kind, Path(folder))
        use_language(kind.language)
        installed = code == 0 and _(INSTALLED).encode() in written
        wrong = sum(len(each.findall(written)) for each in kind.lacks)
        failed += not installed or wrong > 0
        print(f"| {name} | {'yes' if installed else f'no, exit {code}'} | {len(written)} | {wrong} |", flush=True)
    sys.exit(failed > 0)


def _walked(kind: Kind, folder: Path) -> tuple[int | None, bytes]:
    """How the demonstration ended, and what it wrote."""
    known = {key: value for key, value in os.environ.items() if key not in ("COLORTERM", "NO_COLOR", "TERM")}
    environment: Any = {**known, **kind.environment, LANGUAGE_VARIABLE: kind.language}
    words = command("demo", "--autoplay", "--speed", "20", "--dir", folder / "demo")
    columns, rows = kind.size
    demo = pexpect.spawn(words[0], words[1:], dimensions=(rows, columns), timeout=_PATIENCE, env=environment)
    try:
        demo.expect(pexpect.EOF)
        return demo.wait(), demo.before
    finally:
        demo.close(force=True)


if __name__ == "__main__":
    main()
