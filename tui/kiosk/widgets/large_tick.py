"""A large tick: what it stands for is also said in words beside it."""

from textual.content import Content

from tui.kiosk.widgets.words import Words

PIXELS = ("     #", "#   # ", " # #  ")
"""Each two cells wide."""


class LargeTick(Words):
    """Three rows of whole cells."""

    def on_mount(self) -> None:
        """It never changes."""
        rows = (Content.assemble(*(("  ", "on $good" if p == "#" else "") for p in row)) for row in PIXELS)
        self.update(Content("\n").join(list(rows)))
