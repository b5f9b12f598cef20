"""QR codes as phones see them: drawn on the QR screen, photographed, and read by three readers."""

import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import cv2
import numpy as np
import pytest
from rich.color import ColorSystem
from textual import constants
from textual.geometry import Size

from tests.harness.kiosk.stage import Stage, staged
from tests.harness.people import ATTEMPT, application, state
from tests.rig.readers import READERS, Picture
from tui.core.order import ApplicationStatus, AttemptState
from tui.journey import events as e
from tui.journey.state import Step
from tui.kiosk.matrix import drawable, modules
from tui.kiosk.screens.looks import dark, light
from tui.kiosk.terminal.tty import has_half_blocks
from tui.kiosk.widgets.qr import Drawing, QrCode, fitting

ALIPAY = "https://qr.alipay.com/bax03431ljhokirwl38f00a7"
UNIONPAY = "https://qr.95516.com/00010000/01116734936470044423094034227630"

DISTANCES = (1.0, 0.8, 0.6, 0.5, 0.4)
"""Scales of the photographs."""
WIDTH = "1000"
"""Pixels of the nearest photograph."""
HALF, HALF_LOW = Drawing(33, 4, 4, wide=False), Drawing(33, 4, 2, wide=False)
WIDE, WIDE_LOW = Drawing(33, 4, 4, wide=True), Drawing(33, 4, 2, wide=True)
WIDE_LEAST = Drawing(33, 2, 2, wide=True)
FORMS = {(80, 24): HALF, (80, 23): HALF_LOW, (120, 40): WIDE_LOW, (200, 60): WIDE}
"""How a code of version 4 stands in windows of these sizes."""
PALETTES = {palette.name: palette for palette in (dark.TRUE, dark.SIXTEEN, light.TRUE)}


@asynccontextmanager
async def paying(
    qr: str = ALIPAY, size: tuple[int, int] = (80, 24), scanned: AttemptState = AttemptState.QR_SHOWN
) -> AsyncIterator[Stage]:
    """The QR screen with this payload."""
    shown = application(ApplicationStatus.ENTERED, attempt=replace(ATTEMPT, qr=qr, state=scanned))
    async with staged(state(Step.QR, application=shown), size) as stage:
        yield stage


def drawing(stage: Stage) -> Drawing | None:
    """How the code stands on the screen."""
    return stage.screen.query_one(QrCode).drawing


def photographs(svg: str) -> list[Picture]:
    """The screen from several distances, in the font of most terminals; `monospace` may be any font."""
    drawn = svg.replace("Fira Code, monospace", "DejaVu Sans Mono").encode()
    png = subprocess.run(["rsvg-convert", "-w", WIDTH, "-a"], input=drawn, capture_output=True, check=True).stdout
    near = np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR), np.uint8)
    scaled = (cv2.resize(near, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) for scale in DISTANCES)
    return [np.asarray(picture, np.uint8) for picture in scaled]


def read_by_all(stage: Stage) -> dict[str, set[str]]:
    """What each reader reads from the photographs; blank where it reads none."""
    pictures = photographs(stage.app.export_screenshot(simplify=True))
    return {name: set(read(pictures)) - {""} for name, read in READERS.items()}


def everybody(payload: str) -> dict[str, set[str]]:
    """Each reader reads `payload` and nothing else."""
    return {name: {payload} for name in READERS}


async def use_theme(stage: Stage, theme: str) -> None:
    """Another palette, whatever the terminal is."""
    stage.app.register_theme(PALETTES[theme].theme())
    stage.app.theme = theme
    await stage.pilot.pause()
    assert stage.app.theme == theme


@pytest.mark.parametrize(
    ("payload", "size", "form", "theme"),
    [
        pytest.param((ALIPAY, UNIONPAY)[(at + turn) % 2], size, form, theme, id=f"{'x'.join(map(str, size))}-{theme}")
        for at, (size, form) in enumerate(FORMS.items())
        for turn, theme in enumerate(PALETTES)
    ],
)
async def test_every_reader_reads_the_screen(payload: str, size: tuple[int, int], form: Drawing, theme: str) -> None:
    """Every size in every palette, and either of them with both payloads."""
    async with paying(payload, size) as stage:
        await use_theme(stage, theme)
        assert drawing(stage) == form
        assert read_by_all(stage) == everybody(payload)


@pytest.mark.parametrize("payload", [ALIPAY, UNIONPAY], ids=["alipay", "unionpay"])
async def test_two_cells_a_module_where_half_blocks_are_not_trusted(
    payload: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QrCode, "half_blocks", False)
    async with paying(payload, (111, 40)) as stage:
        assert drawing(stage) == WIDE_LEAST
        assert "▄" not in stage.text
        assert read_by_all(stage) == everybody(payload)


@pytest.mark.parametrize("colours", ["truecolor", "standard"])
async def test_without_colours_the_code_stays_black_on_white(colours: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(constants, "COLOR_SYSTEM", colours)
    async with paying(UNIONPAY) as stage:
        assert stage.app.no_color
        assert stage.app.theme == "kiosk-mono"
        assert read_by_all(stage) == everybody(UNIONPAY)


async def test_with_eight_colours_nothing_of_it_is_bright(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QrCode, "has_white_grounds", False)
    async with paying() as stage:
        code = stage.screen.query_one(QrCode)
        rows = [segment.style for y in range(code.size.height) for segment in code.render_line(y)]
        shown = {colour for style in rows if style for colour in (style.color, style.bgcolor) if colour}
        assert {colour.downgrade(ColorSystem.STANDARD).number for colour in shown} == {0, 7}
        assert read_by_all(stage) == everybody(ALIPAY)


async def test_a_scanned_code_can_still_be_read() -> None:
    async with paying(scanned=AttemptState.SCANNED) as stage:
        assert read_by_all(stage) == everybody(ALIPAY)


async def test_a_resized_window_draws_anew() -> None:
    async with paying() as stage:
        for size, form in (((200, 60), WIDE), ((60, 20), None), ((80, 24), HALF)):
            await stage.pilot.resize_terminal(*size)
            await stage.pilot.pause()
            assert drawing(stage) == form
        assert read_by_all(stage) == everybody(ALIPAY)


@pytest.mark.parametrize(
    ("half_blocks", "size", "least"),
    [(True, (60, 20), (74, 22)), (True, (80, 21), (80, 22)), (True, (40, 30), (74, 30)), (False, (80, 24), (111, 40))],
)
async def test_too_small_a_window_says_how_large_it_must_be(
    half_blocks: bool, size: tuple[int, int], least: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QrCode, "half_blocks", half_blocks)
    async with paying(size=size) as stage:
        assert drawing(stage) is None
        assert "窗口太小，放不下二维码" in stage.text
        assert "至少{}列{}行".format(*least) in stage.text
        assert "现在{}列{}行".format(*size) in stage.text
        for step in (0, 1):
            if least[step] > size[step]:
                nearly = [side - (step == turn) for turn, side in enumerate(least)]
                await stage.pilot.resize_terminal(*nearly)
                await stage.pilot.pause()
                assert drawing(stage) is None
        await stage.pilot.resize_terminal(*least)
        await stage.pilot.pause()
        assert drawing(stage) is not None


@pytest.mark.parametrize(
    ("place", "half_blocks", "form"),
    [
        ((90, 50), True, WIDE),
        ((82, 37), True, WIDE_LOW),
        ((74, 37), True, WIDE_LEAST),
        ((73, 37), True, HALF),
        ((74, 36), True, HALF),
        ((41, 20), True, HALF_LOW),
        ((37, 19), True, Drawing(33, 2, 2, wide=False)),
        ((36, 19), True, None),
        ((37, 18), True, None),
        ((73, 37), False, None),
    ],
    ids=str,
)
def test_large_modules_come_before_wide_quiet_zones(
    place: tuple[int, int], half_blocks: bool, form: Drawing | None
) -> None:
    assert fitting(33, Size(*place), half_blocks) == form
    assert form is None or (form.size.width <= place[0] and form.size.height <= place[1])


def test_digits_are_packed_so_that_both_codes_are_version_4() -> None:
    assert len(modules(ALIPAY)) == len(modules(UNIONPAY)) == 33


@pytest.mark.parametrize(
    ("environment", "font", "trusted"),
    [
        ({"TERM": "xterm-256color", "LANG": "zh_CN.UTF-8"}, None, True),
        ({"TERM": "tmux", "LANG": "en_US.utf8"}, None, True),
        ({"TERM": "xterm", "LC_ALL": "C"}, None, True),
        ({"TERM": "xterm", "LC_ALL": "", "LANG": "de_DE.UTF-8@euro"}, None, True),
        ({"TERM": "linux", "LANG": "zh_CN.UTF-8"}, {0x2580, 0x2584}, True),
        ({"TERM": "linux", "LANG": "zh_CN.UTF-8"}, {0x2580, 0x2588}, False),
        ({"TERM": "linux", "LANG": "zh_CN.UTF-8"}, None, None),
        ({"TERM": "linux-16color"}, None, None),
        ({"TERM": "linux", "LANG": "zh_CN.GBK"}, {0x2584}, False),
        ({"TERM": "vt220"}, None, False),
        ({"TERM": "xterm", "LANG": "zh_CN.GB18030"}, None, False),
        ({"TERM": "xterm", "LC_ALL": "zh_CN.gbk", "LANG": "zh_CN.UTF-8"}, None, False),
    ],
    ids=str,
)
def test_half_blocks_need_utf8_and_a_font(
    environment: dict[str, str], font: set[int] | None, trusted: bool | None
) -> None:
    assert has_half_blocks(environment, font) is trusted


@pytest.mark.parametrize("payload", ["", "x" * 513, "https://qr.alipay.com/支付宝", "https://x/\x1b[0m", "\ud800"])
def test_what_is_no_payment_code_is_not_drawable(payload: str) -> None:
    assert not drawable(payload)


@pytest.mark.parametrize("payload", ["x" * 5000, "https://qr.alipay.com/\ud800"], ids=["long", "broken"])
async def test_a_payload_that_cannot_be_drawn_offers_the_other_method(payload: str) -> None:
    async with paying(payload) as stage:
        assert drawing(stage) is None
        for words in ("这个二维码无法显示", "改用银联在线支付", "客服热线"):
            assert words in stage.text
        assert "剩余时间" not in stage.text
        assert not stage.screen.query_one("#claim").display
        assert await stage.press("enter") == [e.BackPressed()]
