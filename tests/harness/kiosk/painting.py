"""What a screen costs: layouts of the whole, and what is handed to the terminal to be painted."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from rich.console import RenderableType
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate, ReflowResult
from textual.app import App
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget

from tests.harness.kiosk.stage import Stage
from tui.kiosk.widgets.status import TitleBar


class Cost:
    """Counted while `costs` lasts."""

    def __init__(self) -> None:
        self.layouts = 0
        self.painted: list[set[int]] = []
        """The rows of each paint."""


@contextmanager
def costs() -> Iterator[Cost]:
    """Count; the title bar's clock stands still, so that no minute begins meanwhile."""
    cost, reflow, display = Cost(), Compositor.reflow, App._display

    def reflowed(self: Compositor, parent: Widget, size: Size) -> ReflowResult:
        cost.layouts += 1
        return reflow(self, parent, size)

    def displayed(self: App[object], screen: Screen[object], drawn: RenderableType | None) -> None:
        match drawn:
            case LayoutUpdate():
                cost.painted.append(set(range(screen.size.height)))
            case ChopsUpdate():
                cost.painted.append({row for row, _, _ in drawn.spans})
        display(self, screen, drawn)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TitleBar, "show", lambda *_: None)
        patch.setattr(Compositor, "reflow", reflowed)
        patch.setattr(App, "_display", displayed)
        yield cost


async def at_rest(stage: Stage) -> None:
    """Wait until all that is to be painted has been."""
    quiet = 0
    while quiet < 2:
        await stage.pilot.pause()
        screen = stage.app.screen
        due = screen._dirty_widgets or screen._layout_required or screen._scroll_required or screen._repaint_required
        quiet = 0 if due else quiet + 1


def row(widget: Widget) -> int:
    """Where a widget of one line stands."""
    return widget.region.y
