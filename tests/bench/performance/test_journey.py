"""The person at the keys presses what they mean to, however late the machine paints."""

import sys
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.bench.performance.journey import Visit
from tests.bench.performance.screen import Screen
from tests.bench.performance.terminal import Terminal

FORM = """
import sys, time, tty
tty.setraw(0)
at, stops = 0, ["one", "two", "three", "four", "send", "back"]
def paint(text):
    sys.stdout.write(text)
    sys.stdout.flush()
paint("READY")
while key := sys.stdin.buffer.raw.read(1):
    if key == b"\\r":
        paint(f"\\x1b[3;1Hpressed {stops[at]}")
        continue
    at = (at + 1) % len(stops)
    paint("\\x1b[2;1H" + "-+"[at % 2])
    time.sleep(0.12)
    paint("\\x1b[1;1H" + "".join(f"> {s} < " if s == stops[at] else f"  {s}   " for s in stops))
"""
"""Six stops of the Tab key; what it leads to is painted in two parts."""


def test_a_button_is_found_where_a_key_is_painted_in_parts() -> None:
    with Terminal([sys.executable, "-c", FORM]) as form:
        form.until("READY")
        visit = Visit(form, cast(Any, SimpleNamespace(answers={})), hurried=True)
        visit._press("sent", "send", "pressed send")


@pytest.mark.parametrize("half", [b"x", b"\x1b[1X"])
def test_half_a_frame_is_text_too(half: bytes) -> None:
    screen = Screen()
    screen.feed("\x1b[1;79H续\x1b[1;79H".encode() + half)
    assert screen.text.splitlines()[0].strip() == half.decode().strip("\x1b[1X")
