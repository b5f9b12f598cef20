"""Colours asked of the terminal: who is asked, what is an answer, and that no other does anything."""

import pytest
from rich.color import ColorSystem
from rich.console import Console

from tests.harness import people
from tests.harness.kiosk.painted import painted
from tui.journey.state import Step
from tui.kiosk.terminal.colour_depth import Depth, depth_of, is_asked, known
from tui.kiosk.terminal.keyboard import Input, TrueColour

EIGHT_BIT, STANDARD, TRUECOLOR = ColorSystem.EIGHT_BIT, ColorSystem.STANDARD, ColorSystem.TRUECOLOR
XTERM = {"TERM": "xterm-256color"}


@pytest.mark.parametrize(
    "answer", [b"\x1bP1+r524742=382F382F38\x1b\\", b"\x1bP1$r0;48:2::1:2:3m\x1b\\", b"\x1bP1$r48;2;1;2;3m\x9c"]
)
def test_an_answer_is_read_in_one_piece_and_in_many(answer: bytes) -> None:
    assert [type(m) for m in Input().feed(answer)] == [TrueColour]
    source = Input()
    assert [type(m) for byte in answer for m in source.feed(bytes((byte,)))] == [TrueColour]


@pytest.mark.parametrize(
    "answer",
    [
        b"\x1bP0+r524742\x1b\\",
        b"\x1bP1$r0;48;5;16m\x1b\\",
        b"\x1bP1$r0m\x1b\\",
        b"\x1bP1+r524742=" + b"38" * 5000 + b"\x1b\\",
        b"\x1bP1+r524742\x18",
        b"\x1b]1+r524742\x1b\\",
        b"\x1bP>|1+r524742\x1b\\",
    ],
    ids=lambda answer: repr(answer[:24]),
)
def test_nothing_else_is_an_answer_or_a_key(answer: bytes) -> None:
    assert Input().feed(answer) == []


def test_who_is_asked() -> None:
    assert is_asked(XTERM, EIGHT_BIT)
    assert not is_asked(XTERM, TRUECOLOR)
    assert not is_asked(XTERM | {"TMUX": "/tmp/tmux-0/default,1,0"}, EIGHT_BIT)
    for name in ("linux", "screen-256color", "tmux-256color", "vt220", ""):
        assert not is_asked({"TERM": name}, STANDARD)
    assert not is_asked({"TERM": "xterm", "STY": "1.tty"}, STANDARD)


@pytest.mark.parametrize(
    ("name", "depth"),
    [
        *((name, Depth.EIGHT) for name in ("linux", "cygwin", "cons25", "cons25-debian", "pcansi", "wsvt25", "hurd")),
        *((name, Depth.EIGHT) for name in ("screen", "screen-bce", "screen-s", "screen.linux", "tmux", "xterm-color")),
        *((name, Depth.EIGHT) for name in ("mach-color", "mach-gnu-color", "xterm-8color", "ansi", "con80x25")),
        *(
            (name, Depth.SIXTEEN)
            for name in ("xterm", "xterm-16color", "rxvt", "konsole", "screen-16color", "putty", "")
        ),
        *((name, Depth.INDEXED) for name in ("xterm-256color", "screen-256color", "screen.xterm-256color")),
        *((name, Depth.INDEXED) for name in ("tmux-256color", "putty-256color", "rxvt-unicode-256color")),
        *((name, Depth.TRUE) for name in ("foot", "foot-extra", "alacritty", "xterm-kitty", "xterm-direct", "wezterm")),
        *((name, Depth.MONO) for name in ("vt100", "vt220", "vt52", "xterm-mono", "screen-m", "mach", "sun")),
        *((name, Depth.MONO) for name in ("mach-gnu", "xterm-r6", "vt102-nsgr")),
    ],
)
def test_what_a_terminal_s_name_says(name: str, depth: Depth) -> None:
    environment = {"TERM": name}
    found = Console(force_terminal=True, _environ=environment)._detect_color_system()
    assert depth_of(environment, known(environment, found)) is depth


def test_some_names_say_it() -> None:
    assert known({"TERM": "foot"}, STANDARD) is TRUECOLOR
    assert known({"TERM": "xterm-direct"}, STANDARD) is TRUECOLOR
    assert known({"TERM": "linux"}, STANDARD) is STANDARD
    assert known({"TERM": "foot"}, None) is None


async def test_the_answer_is_one_repaint_in_the_other_palette() -> None:
    async with painted(people.state(Step.CARD)) as painting:
        frames = painting.app.frames
        assert frames is not None
        painting.app.console._color_system = EIGHT_BIT
        painting.app.show_in(painting.app.wanted)
        frames.deepen(EIGHT_BIT)
        assert "48;5;" in await painting.settle()
        painting.app.console._color_system = TRUECOLOR
        frames.deepen(TRUECOLOR)
        painting.app.show_in(painting.app.wanted)
        written = await painting.settle()
        assert "48;2;13;27;42" in written
        assert "48;5;" not in written
        assert painting.app.terminal.cells() == painting.meant()
