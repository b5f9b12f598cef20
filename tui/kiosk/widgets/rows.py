"""A list of which one entry is picked: its ground says so, its first column too, which shows without colours."""

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip
from textual.widgets import OptionList


class Rows(OptionList):
    """Textual's list, with the picked entry in two colours."""

    def render_line(self, y: int) -> Strip:
        """Textual's line; the picked entry has its mark and one ink, and the blank row at its end is nobody's."""
        line = super().render_line(y)
        if not line.text.strip():
            return Strip.blank(line.cell_length, self.get_visual_style("option-list--option").rich_style)
        of_entry = self._lines[self.scroll_offset.y + y : self.scroll_offset.y + y + 1]
        if not of_entry or of_entry[0][0] != self.highlighted:  # grounds may be one without colours
            return line
        picked = self.get_visual_style("option-list--option", "option-list--option-highlighted").rich_style
        mark = Style(bgcolor=Color.parse(self.app.theme_variables["focus" if self.has_focus else "edge"]).rich_color)
        written = Strip(Segment.apply_style(line.crop(1), post_style=Style(color=picked.color)), line.cell_length - 1)
        return Strip.join([Strip([Segment(" ", mark)], 1), written])
