"""A line that tells time, drawn without most of what Textual does for a widget: half of a second's work is left."""

from collections.abc import Callable

from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from tui.kiosk.elapsed import elapsed
from tui.kiosk.widgets.bar import Said


class Ticking(Widget):
    """Said anew by its screen once a second between `run` and `stop`; it has no edges, and no padding on its left."""

    clock: Callable[[], float] = staticmethod(elapsed)
    counts = False
    """It runs."""
    room = 0
    """Cells for what is said; 0 before any layout."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.said: Said = ()
        self._inks: dict[str, Style] = {}

    def run(self) -> None:
        """Begin to count, and draw at once."""
        self.counts = True
        self.tick()

    def stop(self) -> None:
        """Stand still."""
        self.counts = False

    def second(self) -> bool:
        """A second has passed; whether the line says something else, which the screen paints."""
        before, self.said = self.said, self.say()
        return before != self.said

    def tick(self) -> None:
        """Draw how it stands now."""
        self.said = self.say()
        self.refresh()

    def say(self) -> Said:
        """How it stands, from the line's left end."""
        return ()

    def on_resize(self) -> None:
        """What is said may be longer or shorter."""
        self.room = self.size.width
        if self.counts:
            self.tick()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One line."""
        return 1

    def render_lines(self, crop: Region) -> list[Strip]:
        """Textual asks: the palette, or what the line is about, may be another one."""
        self._inks.clear()
        return [self.line(self.outer_size.width).crop(crop.x, crop.right)]

    def line(self, cells: int) -> Strip:
        """All of the line, `cells` wide, in the colours of the last time that Textual asked."""
        said = Strip(Segment(text, self._ink(style)) for text, style in self.said if text)
        return said.adjust_cell_length(cells, self._ink(""))

    def _ink(self, style: str) -> Style:
        """`style` upon the widget's own."""
        if style not in self._inks:
            own = self.visual_style
            ink = Strip(Content.styled(" ", style).render_segments(own))
            for line_filter in self.get_line_filters():
                ink = ink.apply_filter(line_filter, own.background or self.background_colors[1])
            (_, found, _), *_ = ink
            self._inks[style] = found or Style.null()
        return self._inks[style]
