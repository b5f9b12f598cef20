"""What the first screen costs until it stands: counted, since every millisecond of it is waited for."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from textual._compositor import ReflowResult
from textual.css import stylesheet
from textual.dom import DOMNode
from textual.geometry import Size
from textual.widget import Widget

from tests.harness.kiosk.stage import StagedApp
from tui.kiosk.screens.compositor import NarrowCompositor
from tui.kiosk.screens.waiting import WaitingScreen


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each style sheet of the program was parsed."""
    times, parse = Counter[str](), stylesheet.parse  # type: ignore[attr-defined]

    def counted(scope: str, css: str, read_from: tuple[str, str], **rest: Any) -> Any:
        times[read_from[0]] += read_from[0].endswith(".tcss")
        return parse(scope, css, read_from, **rest)

    by_textual = vars(stylesheet.Stylesheet._parse_rules)["__wrapped__"]  # else an earlier test's rules would do
    monkeypatch.setattr(stylesheet.Stylesheet, "_parse_rules", by_textual)
    monkeypatch.setattr(stylesheet, "parse", counted)
    return times


async def test_no_style_sheet_is_parsed_twice(parsed: Counter[str]) -> None:
    async with StagedApp().run_test(size=(80, 24)):
        sheets = {Path(sheet).name: times for sheet, times in parsed.items() if times}
    assert sheets == {"base.tcss": 1, "arrival.tcss": 1}


@pytest.mark.parametrize("size", [(80, 24), (132, 43), (50, 12)])
async def test_it_is_laid_out_twice_and_no_part_is_styled_again_with_the_whole(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    layouts, styled = 0, list[int]()
    reflow, update = NarrowCompositor.reflow, stylesheet.Stylesheet.update_nodes

    def reflowed(self: NarrowCompositor, parent: Widget, size: Size) -> ReflowResult:
        nonlocal layouts
        layouts += isinstance(parent, WaitingScreen)
        return reflow(self, parent, size)

    def updated(self: stylesheet.Stylesheet, nodes: Iterable[DOMNode], animate: bool = False) -> None:
        nodes = list(nodes)
        styled.append(len(nodes))
        update(self, nodes, animate)

    monkeypatch.setattr(NarrowCompositor, "reflow", reflowed)
    monkeypatch.setattr(stylesheet.Stylesheet, "update_nodes", updated)
    async with StagedApp().run_test(size=size) as pilot:
        await pilot.pause()
        assert isinstance(pilot.app.screen, WaitingScreen)
    assert layouts == 2
    assert set(styled) <= {1}
