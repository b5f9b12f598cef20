"""What stands between the session and a real terminal: lines at a width, a secret's bytes, pictures of letters."""

import os
import pty
import termios
from contextlib import closing
from itertools import pairwise

import numpy as np
import pytest

from tests.rig.readers import READERS, Picture
from tui.journey.state import Busy, State, Step
from tui.kiosk.linear.picture import HALVES, picture
from tui.kiosk.linear.source import READ, Source
from tui.kiosk.linear.terminal import Terminal
from tui.kiosk.linear.waits import FIRST, PAUSES, Waits
from tui.kiosk.text.wrapping import cells, wrapped

PAYLOAD = "https://qr.alipay.com/bax70cb37a5db06d410ad1e147c"


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("ground", [0, 255], ids=["dark", "light"])
def test_the_picture_of_letters_is_read(reader: str, ground: int) -> None:
    rows = picture(PAYLOAD, 80, 40, light_ground=bool(ground))
    halves = {
        glyph: (255 - ground if not upper else ground, 255 - ground if not lower else ground)
        for (upper, lower), glyph in HALVES.items()
    }
    pixels = [[halves[glyph][half] for glyph in row] for row in rows for half in (0, 1)]
    drawn: Picture = np.array(pixels, dtype=np.uint8).repeat(6, axis=0).repeat(6, axis=1)
    assert READERS[reader]([drawn]) == [PAYLOAD]


@pytest.mark.parametrize("size", [(0, 0), (30, 60), (80, 15)])
def test_no_picture_where_there_is_no_room(size: tuple[int, int]) -> None:
    assert picture(PAYLOAD, *size) == ()


@pytest.mark.parametrize("width", [8, 20, 40])
def test_lines_are_broken_within_the_width_and_lose_nothing(width: int) -> None:
    text = "CA将生成新密钥，并用“当前证书”为续期申请签名（一次）。 The quick brown fox https://qr.alipay.com/bax70cb37a5db06d410ad1e147c。"
    lines = wrapped(text, width)
    assert all(cells(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert width < 20 or not any(line[0] in "，。）”" for line in lines)


def test_a_question_is_broken_within_the_width_too() -> None:
    leader, follower = pty.openpty()
    termios.tcsetwinsize(follower, (24, 40))
    with open(follower, "w", closefd=False, encoding="utf-8") as out, closing(Terminal(follower, out)) as terminal:
        terminal.prompt("纳税人识别号（开具电子发票的税号，15、17、18或20位） [91440300100012316L]：", hidden=False)
    first, second, *_ = os.read(leader, 4096).decode().split("\r\n")
    assert (first, second) == ("纳税人识别号（开具电子发票的税号，15、", "17、18或20位） [91440300100012316L]： ")
    for descriptor in (leader, follower):
        os.close(descriptor)


def test_an_unknown_width_breaks_nothing() -> None:
    assert wrapped("长" * 500, 0) == ["长" * 500]


def test_a_secret_leaves_no_byte_behind() -> None:
    source, pipe = os.pipe()
    lines = Source(source)
    os.write(pipe, b"first\r\n246810\nrest")
    assert lines.read()
    taken = [lines.take(), lines.take()]
    assert taken == [b"first", b"246810"]
    assert not lines.ready
    assert b"246810" not in bytes(lines._buffer)
    os.write(pipe, b"x" * (2 * READ))
    for _ in range(2):
        lines.read()
    os.close(pipe)
    assert not lines.read()
    os.close(source)


def test_a_secret_is_not_echoed_and_the_terminal_is_put_back() -> None:
    leader, follower = pty.openpty()
    before = termios.tcgetattr(follower)
    with open(follower, "w", closefd=False, encoding="utf-8") as out, closing(Terminal(follower, out)) as terminal:
        assert terminal.hides
        terminal.prompt("PIN", hidden=True)
        os.write(leader, b"246810\n")
        assert terminal.source.read()
        assert terminal.source.take() == b"246810"
        terminal.answered()
        assert termios.tcgetattr(follower)[3] & termios.ECHO
        terminal.prompt("PIN", hidden=True)
    assert termios.tcgetattr(follower) == before
    assert b"246810" not in os.read(leader, 4096)
    for descriptor in (leader, follower):
        os.close(descriptor)


def test_waits_are_told_ever_more_seldom_and_never_within_ten_seconds() -> None:
    now = 0.0
    waits = Waits(lambda: now)
    told = []
    state = State(step=Step.SIGN_IN, busy=Busy.SIGNING_IN)
    while now < 200:
        if waits.told("…", state):
            told.append(now)
        now += 0.5
    assert told[0] == FIRST
    assert [later - earlier for earlier, later in pairwise(told)][:4] == list(PAUSES)
    assert min(PAUSES) >= 10
