"""The box of a dialogue, whose edge is what its parts leave of its ground."""

from rich.style import Style
from textual.color import Color
from textual.containers import Vertical
from textual.geometry import Region
from textual.strip import Strip

from tui.kiosk.widgets.figures import Figures, half_ground


class Box(Vertical):
    """A cell is twice as high as wide: where the font can, the lower edge is half a row, as heavy as those beside."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Textual's, the last one half ground."""
        lines = super().render_lines(crop)
        last = self.outer_size.height - 1
        if Figures.half_blocks and crop.y <= last < crop.bottom:
            edge, ground = (Color.parse(self.app.theme_variables[name]).rich_color for name in ("edge", "background"))
            half = half_ground(crop.width, Style(bgcolor=edge), Style(bgcolor=ground))
            lines[last - crop.y] = Strip([half], crop.width)
        return lines
