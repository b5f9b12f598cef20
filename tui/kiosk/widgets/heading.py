"""What a page is about, on a quiet rule as wide as the column."""

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.geometry import Region
from textual.strip import Strip

from tui.kiosk.widgets.words import Words


class Heading(Words):
    """The rule is an underline: it needs no row, and no glyph that a font may lack or draw in two cells."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Textual's, with the row of the words ruled between what is padding at either side."""
        padding = self.styles.padding
        begin, end = padding.left - crop.x, self.outer_size.width - padding.right - crop.x
        edge = Color.parse(self.app.theme_variables["edge"]).rich_color
        rule = Style(color=edge, underline=True)
        return [
            _ruled(line, max(0, begin), max(0, end), rule) if y == padding.top else line
            for y, line in enumerate(super().render_lines(crop), crop.y)
        ]


def _ruled(line: Strip, begin: int, end: int, rule: Style) -> Strip:
    words = Style(underline=True)
    ruled = [
        Segment(text, (style or Style.null()) + (words if text.strip() else rule), control)
        for text, style, control in line.crop(begin, end)
    ]
    return Strip.join([line.crop(0, begin), Strip(ruled), line.crop(end)])
