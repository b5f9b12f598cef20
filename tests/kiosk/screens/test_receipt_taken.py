"""The receipt on the last screen: read, handed over beside the person's wait, and as a code that readers read."""

from collections.abc import Sequence
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from tests.harness.kiosk.idle import held
from tests.harness.kiosk.stage import Stage, staged
from tests.kiosk.receipt.test_printer import done
from tests.rig.readers import zxing
from tui.core.receipt import OutletKind, OutletRefused, OutletTrouble
from tui.kiosk.receipt.folder import Folder
from tui.kiosk.text import use_language
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.text_code import TextCode


class Slow:
    """A printer that prints when it is let."""

    kind = OutletKind.PRINTER

    def __init__(self, trouble: OutletTrouble | None = None) -> None:
        self.printed: list[Sequence[str]] = []
        self.let = Event()
        self._trouble = trouble

    def put(self, lines: Sequence[str]) -> None:
        assert self.let.wait(30)
        if self._trouble:
            raise OutletRefused(self._trouble)
        self.printed.append(lines)


@pytest.mark.parametrize(("trouble", "told"), [(None, "收据已送到打印机"), (OutletTrouble.PAPER_OUT, "缺纸")])
async def test_it_is_printed_while_the_screen_goes_on(trouble: OutletTrouble | None, told: str) -> None:
    slow = Slow(trouble)
    async with staged(done()) as stage:
        stage.app.outlets = (slow,)
        await stage.act("#take-receipt")
        assert "深圳********公司" in stage.text
        with held("receipt"):
            await stage.press("enter")
        assert "请稍候" in stage.text
        assert [button.label for button in buttons(stage) if not button.disabled] == ["关闭"]
        slow.let.set()
        await stage.pilot.pause()
        assert told in stage.text
        assert len(slow.printed) == (0 if trouble else 1)
        await stage.press("escape")
        assert "证书安装完成！" in stage.text


@pytest.mark.parametrize("size", [(80, 24), (120, 50)])
async def test_the_code_is_read(size: tuple[int, int]) -> None:
    async with staged(done(), size) as stage:
        await stage.act("#take-receipt")
        await stage.press("enter")
        code = stage.app.screen.query_one(TextCode)
        assert code.drawing is not None
        dark = np.pad(np.array(code._modules, dtype=np.uint8), 4)
        [text] = zxing([np.kron(255 * (1 - dark), np.ones((4, 4), dtype=np.uint8))])
        assert "AABB01" in text
        assert ("支付宝" in text) is (size[1] > 24)
        await stage.press("enter", "escape")
        assert "证书安装完成！" in stage.text


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_place_with_printer_and_folder_has_every_button_in_view(language: str, tmp_path: Path) -> None:
    """Whoever has a finger alone leaves by the last one."""
    use_language(language)
    try:
        async with staged(done()) as stage:
            stage.app.outlets = (Slow(), Folder(tmp_path))
            await stage.act("#take-receipt")
            box = stage.app.screen.query_one("#dialogue-buttons").content_region
            assert [button.label for button in buttons(stage) if not box.contains_region(button.region)] == []
            assert stage.app.screen.focused is buttons(stage)[0]
            await stage.press("tab", "enter")
            assert saved_in(tmp_path) == [".txt"]
            await stage.press("enter")
            assert stage.app.screen is stage.screen
    finally:
        use_language("zh")


def buttons(stage: Stage) -> list[ActionButton]:
    return list(stage.app.screen.query(ActionButton))


def saved_in(folder: Path) -> list[str]:
    return [path.suffix for path in folder.iterdir()]
