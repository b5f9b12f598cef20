"""A certificate leaves its details: in an office into a file, as codes that readers read, at a counter not at all."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.color import Color
from rich.style import Style

from tests.harness import people
from tests.harness.kiosk.gallery import GALLERY
from tests.harness.kiosk.stage import Stage, staged
from tests.harness.odd_certificates import GOOD
from tests.rig.readers import zbar
from tui.core.certificate import refer
from tui.core.token import Snapshot
from tui.core.x509.pem import pem
from tui.journey.state import State
from tui.kiosk.settings import Mode
from tui.kiosk.widgets.qr import LOWER_HALF
from tui.kiosk.widgets.text_code import TextCode

HELD = people.certificate("held", der=GOOD)
LONG = people.certificate("long", der=GOOD + bytes(range(256)) * 3)


def details(held: object = HELD) -> State:
    token = people.token(held)  # type: ignore[arg-type]
    return replace(GALLERY["details"], snapshot=Snapshot((token,)), looked_at=refer(token, token.certificates[0]))


def _contents(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in folder.iterdir()]


def scanned(stage: Stage) -> str:
    """What zbar reads off a picture of the screen: a cell is 4 pixels across and two halves of 4 down."""
    rows = []
    for strip in stage.app.screen._compositor.render_strips():
        cells = [_halves(segment.style, character) for segment in strip for character in segment.text]
        rows += [[upper for upper, _ in cells], [lower for _, lower in cells]]
    width = max(map(len, rows))
    grey = np.array([row + [0] * (width - len(row)) for row in rows], np.uint8)
    return zbar([np.kron(grey, np.ones((4, 4), np.uint8))])[0]


def _halves(style: Style | None, character: str) -> tuple[int, int]:
    """The greys of a cell's upper and lower half; a wide character is one cell here, for there is none in a code."""
    ink, ground = (_grey(colour) for colour in (style.color, style.bgcolor)) if style else (0, 0)
    return ground, ink if character == LOWER_HALF else ground


def _grey(colour: Color | None) -> int:
    return sum(colour.get_truecolor()) // 3 if colour else 0


async def test_it_is_saved_to_the_home_and_the_place_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    async with staged(details()) as stage:
        await stage.act("#save-certificate")
        assert str(tmp_path)[:20] in stage.text
        await stage.press("enter")
        await stage.app.workers.wait_for_complete()
        await stage.pilot.pause()
        assert "已保存：" in stage.text
        await stage.press("escape")
        assert "证书详情" in stage.text
    assert _contents(tmp_path) == [GOOD]


@pytest.mark.parametrize(("size", "codes"), [((80, 24), 6), ((120, 40), 2), ((200, 60), 1)])
async def test_the_codes_in_their_order_are_the_certificate(size: tuple[int, int], codes: int) -> None:
    async with staged(details(), size) as stage:
        await stage.act("#code-certificate")
        told = [scanned(stage)]
        for at in range(2, codes + 1):
            await stage.press("pagedown")
            assert f"第{at}张，共{codes}张" in stage.text
            told.append(scanned(stage))
        await stage.press("pagedown")
        assert scanned(stage) == told[-1]
        assert "\n".join(told) + "\n" == pem(GOOD).decode()
        await stage.press("escape")
        assert "证书详情" in stage.text


async def test_they_are_turned_over_by_touch_and_begin_anew_in_another_window() -> None:
    async with staged(details()) as stage:
        await stage.pilot.click("#code-certificate")
        await stage.pilot.click("#next-code")
        assert "第2张，共6张" in stage.text
        await stage.pilot.click("#previous-code")
        await stage.pilot.click("#next-code")
        await stage.pilot.resize_terminal(120, 40)
        await stage.pilot.pause()
        assert "第1张，共2张" in stage.text
        await stage.pilot.click("#close-code")
        assert "证书详情" in stage.text


async def test_where_it_would_take_too_many_the_window_is_asked_for() -> None:
    async with staged(details(LONG)) as stage:
        await stage.act("#code-certificate")
        assert "至少61列32行" in stage.text
        assert not stage.app.screen.query_one(TextCode).display
        await stage.pilot.resize_terminal(61, 32)
        await stage.pilot.pause()
        assert "第1张，共" in stage.text


@pytest.mark.parametrize(
    ("mode", "ways"), [(Mode.OFFICE, "保存为文件 二维码"), (Mode.SSH, "二维码"), (Mode.COUNTER, "")]
)
async def test_the_place_decides_how_it_may_leave(mode: Mode, ways: str) -> None:
    async with staged(details()) as stage:
        stage.app.mode = mode
        await stage.show(replace(details(), details=None))
        assert [words for words in ("保存为文件", "二维码") if words in stage.text] == ways.split()
        for name, button in (("保存为文件", "#save-certificate"), ("二维码", "#code-certificate")):
            assert stage.screen.query_one(button).display is (name in ways)
        for act in ("save", "code"):
            await stage.screen.run_action(act)
        await stage.events()
        opened = len(stage.app.screen_stack) - 2
        assert bool(opened) == bool(ways)
