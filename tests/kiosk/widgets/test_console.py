"""The code on a Linux console at 80x24: the program's bytes with TERM=linux, drawn in the kernel's font, are read."""

import ctypes
import fcntl
import os
import struct
import termios
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.bench.terminals import ROOT, qr_screen
from tests.kiosk.widgets.test_qr import ALIPAY, UNIONPAY
from tests.rig.console import on_pty
from tests.rig.readers import READERS, Picture
from tests.rig.vga import VGA, WITHOUT, Cell, Font, picture
from tui.cli.fit import choose_qr_drawing
from tui.kiosk.settings import QrDrawing
from tui.kiosk.terminal.console_font import GIO_UNIMAP, drawn_characters
from tui.kiosk.terminal.tty import LOWER_HALF_BLOCK
from tui.kiosk.widgets.figures import Figures
from tui.kiosk.widgets.qr import QrCode

DISTANCES = (1.0, 0.8, 0.6)
"""Scales of the photographs; cells of 8 x 16 pixels leave 5 to a module at the farthest."""


def read(rows: list[list[Cell]], font: Font) -> dict[str, set[str]]:
    """What each reader reads from several distances."""
    near = picture(rows, font)
    pictures: list[Picture] = [
        np.asarray(cv2.resize(near, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
        for scale in DISTANCES
    ]
    return {name: set(reader(pictures)) - {""} for name, reader in READERS.items()}


@pytest.mark.parametrize("payload", [ALIPAY, UNIONPAY], ids=["alipay", "unionpay"])
def test_every_reader_reads_the_code_in_the_kernels_font(payload: str, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    rows = on_pty(qr_screen(payload, ready, "auto"), ready, ROOT)
    assert (len(rows[0]), len(rows)) == (80, 24)
    assert ready.read_text() == "half"
    assert {cell.ink for row in rows for cell in row if cell.character == "▄"} == {0, 7}, "no lighter than the grounds"
    assert read(rows, VGA) == {name: {payload} for name in READERS}
    assert payload not in set().union(*read(rows, WITHOUT).values()), "the picture must tell a font from none"


def test_the_consoles_glyphs_are_what_the_kernel_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    font = {0x20: 32, 0x41: 65, LOWER_HALF_BLOCK: 220}

    def answer(fd: int, request: int, described: bytearray) -> int:
        assert (fd, request) == (7, GIO_UNIMAP)
        room, address = struct.unpack("@HP", described)
        pairs = b"".join(struct.pack("@HH", *pair) for pair in font.items())
        assert 4 * room >= len(pairs)
        ctypes.memmove(address, pairs, len(pairs))
        described[:] = struct.pack("@HP", len(font), address)
        return 0

    monkeypatch.setattr(fcntl, "ioctl", answer)
    assert drawn_characters(7) == frozenset(font)


def test_a_pty_has_no_font_to_ask_for() -> None:
    master, slave = os.openpty()
    try:
        assert drawn_characters(slave) is None
    finally:
        os.close(master)
        os.close(slave)
    assert drawn_characters(slave) is None


def test_the_kernels_own_console_draws_half_blocks() -> None:
    try:
        console = os.open("/dev/tty0", os.O_RDONLY | os.O_NOCTTY)
    except OSError as error:
        pytest.skip(f"no Linux console here: {error}")
    try:
        termios.tcgetattr(console)
        glyphs = drawn_characters(console)
    finally:
        os.close(console)
    assert glyphs is not None
    assert {*range(0x20, 0x7F)} <= glyphs


@pytest.fixture
def _undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a program's start decides is taken back after the test."""
    for name in ("half_blocks", "doubtful", "has_white_grounds"):
        monkeypatch.setattr(QrCode, name, None)
    monkeypatch.setattr(Figures, "half_blocks", None)


@pytest.mark.usefixtures("_undecided")
@pytest.mark.parametrize(
    ("wanted", "glyphs", "half_blocks", "doubtful"),
    [
        (QrDrawing.AUTO, frozenset({0x20, LOWER_HALF_BLOCK}), True, False),
        (QrDrawing.AUTO, frozenset({0x20}), False, False),
        (QrDrawing.AUTO, None, True, True),
        (QrDrawing.HALF, frozenset({0x20}), True, False),
        (QrDrawing.WIDE, frozenset({0x20, LOWER_HALF_BLOCK}), False, False),
    ],
    ids=str,
)
def test_the_setting_goes_before_the_console(
    wanted: QrDrawing,
    glyphs: frozenset[int] | None,
    half_blocks: bool,
    doubtful: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui.cli.fit.environment", lambda: {"TERM": "linux", "LANG": "en_US.UTF-8"})
    choose_qr_drawing(wanted, glyphs)
    assert (QrCode.half_blocks, QrCode.doubtful) == (half_blocks, doubtful)


@pytest.mark.usefixtures("_undecided")
@pytest.mark.parametrize(
    ("name", "has_white"), [("linux", False), ("xterm-8color", False), ("xterm", True), ("xterm-256color", True)]
)
def test_a_terminal_of_eight_colours_has_no_white_ground(
    name: str, has_white: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.cli.fit.environment", lambda: {"TERM": name, "LANG": "C.UTF-8"})
    choose_qr_drawing(QrDrawing.AUTO, None)
    assert QrCode.has_white_grounds is has_white
