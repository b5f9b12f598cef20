"""The edge of what can be pressed or typed into: a cell of its colour at either side, whatever colours there are."""

from rich.color import Color as TerminalColour
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip
from textual.widget import Widget


class Edged(Widget):
    """Its first and its last column, which the style sheet keeps free by a padding, are its edge.

    A background shows in every font, which a line of half blocks or of boxes does not.
    """

    edge = "edge"
    """Name of the palette's colour."""

    def render_line(self, y: int) -> Strip:
        """Textual's line between two cells of the edge; the focused one is its own edge."""
        line = super().render_line(y)
        width = self.size.width
        if self.has_focus or self.disabled or width < 3:
            return line
        colour = Color.parse(self.app.theme_variables[self.edge]).rich_color
        parts = line.divide((1, width - 1, width))
        first, last = ([_filled(segment, colour) for segment in part] for part in (parts[0], parts[2]))
        return Strip([*first, *parts[1], *last], width)


def _filled(segment: Segment, colour: TerminalColour) -> Segment:
    ground = Style(bgcolor=colour)
    return Segment(segment.text, ground if segment.style is None else segment.style + ground)
