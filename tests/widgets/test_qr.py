"""QR codes as phones see them: drawn on the QR screen, photographed, and read by three readers."""

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import zxingcpp
from textual.geometry import Size

from tests.core.people import ATTEMPT, application, state
from tests.screens.stage import staged
from tui.core.order import ApplicationStatus, Attempt
from tui.core.state import Step
from tui.screens.theme import FULL
from tui.widgets.qr import QrCode, drawings, draws_half_blocks, modules

ALIPAY = "https://qr.alipay.com/bax03431ljhokirwl38f00a7"
UNIONPAY = "https://qr.95516.com/00010000/01116734936470044423094034227630"

DISTANCES = (1.0, 0.8, 0.6, 0.5, 0.4)
"""Scales of the photographs."""
LIGHT = replace(FULL, name="light", dark=False, background="#ffffff", foreground="#000000", surface="#e8eef4")


def attempt(qr: str) -> Attempt:
    """An attempt that shows `qr`."""
    return replace(ATTEMPT, qr=qr)


def photographs(svg: str, folder: Path) -> list[Path]:
    """The screen from several distances, in the font of most terminals; `monospace` may be any font."""
    drawn, near = folder / "screen.svg", folder / "near.png"
    drawn.write_text(svg.replace("Fira Code, monospace", "DejaVu Sans Mono"))
    pictures = []
    subprocess.run(["rsvg-convert", drawn, "-o", near], check=True)
    for scale in DISTANCES:
        picture = folder / f"{scale}.png"
        cv2.imwrite(str(picture), cv2.resize(pixels(near), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
        pictures.append(picture)
    return pictures


def pixels(picture: Path) -> "np.ndarray[Any, np.dtype[np.uint8]]":
    """The decoded picture."""
    return np.asarray(cv2.imread(str(picture)), dtype=np.uint8)


def zbar(picture: Path) -> str:
    """Read by zbar."""
    done = subprocess.run(["zbarimg", "-q", "--raw", picture], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def zxing(picture: Path) -> str:
    """Read by zxing-cpp."""
    found = zxingcpp.read_barcodes(pixels(picture))
    return str(found[0].text) if found else ""


def opencv(picture: Path) -> str:
    """Read by OpenCV."""
    text: str = cv2.QRCodeDetector().detectAndDecode(pixels(picture))[0]
    return text


def read_by_all(svg: str, folder: Path) -> dict[str, set[str]]:
    """What each reader reads from the photographs; blank where it reads none."""
    pictures = photographs(svg, folder)
    return {r.__name__: {r(picture) for picture in pictures} - {""} for r in (zbar, zxing, opencv)}


@pytest.mark.parametrize("theme", ["kiosk", "light", "kiosk-16"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (150, 50)], ids=["80x24", "120x40", "150x50"])
@pytest.mark.parametrize("payload", [ALIPAY, UNIONPAY], ids=["alipay", "unionpay"])
async def test_every_reader_reads_the_screen(payload: str, size: tuple[int, int], theme: str, tmp_path: Path) -> None:
    shown = application(ApplicationStatus.ENTERED, attempt=attempt(payload))
    async with staged(state(Step.QR, application=shown), size) as stage:
        stage.app.register_theme(LIGHT)
        stage.app.theme = theme
        await stage.pilot.pause()
        assert stage.app.theme == theme
        svg = stage.app.export_screenshot(simplify=True)
    assert read_by_all(svg, tmp_path) == {"zbar": {payload}, "zxing": {payload}, "opencv": {payload}}


@pytest.mark.parametrize("payload", [ALIPAY, UNIONPAY])
async def test_at_80x24_the_code_keeps_its_quiet_zone(payload: str) -> None:
    shown = application(ApplicationStatus.ENTERED, attempt=attempt(payload))
    async with staged(state(Step.QR, application=shown)) as stage:
        assert stage.screen.query_one(QrCode).size == Size(41, 21)


async def test_where_there_is_room_a_module_is_two_cells_wide() -> None:
    shown = application(ApplicationStatus.ENTERED, attempt=attempt(ALIPAY))
    async with staged(state(Step.QR, application=shown), (150, 50)) as stage:
        assert stage.screen.query_one(QrCode).size == Size(82, 41)


async def test_too_small_a_window_says_how_large_it_must_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QrCode, "half_blocks", False)
    shown = application(ApplicationStatus.ENTERED, attempt=attempt(ALIPAY))
    async with staged(state(Step.QR, application=shown)) as stage:
        assert not stage.screen.query_one(QrCode).shown
        assert "窗口太小" in stage.text
        await stage.pilot.resize_terminal(115, 40)
        await stage.pilot.pause()
        assert stage.screen.query_one(QrCode).size == Size(74, 37)


def test_the_best_drawing_comes_first() -> None:
    assert [(d.wide, d.quiet) for d in drawings(33, half_blocks=True)] == [(True, 4), (False, 4), (True, 2), (False, 2)]
    assert all(d.wide for d in drawings(33, half_blocks=False))


def test_digits_are_packed_so_that_both_codes_are_version_4() -> None:
    assert len(modules(ALIPAY)) == len(modules(UNIONPAY)) == 33


@pytest.mark.parametrize(
    ("terminal", "encoding", "trusted"),
    [("xterm-256color", "utf-8", True), ("linux", "utf-8", False), ("xterm", "gb18030", False), ("tmux", "UTF8", True)],
)
def test_half_blocks_need_utf8_and_a_font(terminal: str, encoding: str, trusted: bool) -> None:
    assert draws_half_blocks(terminal, encoding) is trusted


async def test_an_absurd_payload_is_not_drawn() -> None:
    shown = application(ApplicationStatus.ENTERED, attempt=attempt("x" * 5000))
    async with staged(state(Step.QR, application=shown)) as stage:
        assert not stage.screen.query_one(QrCode).shown
