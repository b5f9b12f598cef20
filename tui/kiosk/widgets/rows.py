"""A list of which one entry is picked: there the ground says so, and no word has a colour that this would swallow."""

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widgets import OptionList


class Rows(OptionList):
    """Textual's list, with the picked entry in two colours."""

    def render_line(self, y: int) -> Strip:
        """Textual's line; in the picked entry all is written in its ink, and the blank row at its end is nobody's."""
        line = super().render_line(y)
        if not line.text.strip():
            return Strip.blank(line.cell_length, self.get_visual_style("option-list--option").rich_style)
        picked = self.get_visual_style("option-list--option", "option-list--option-highlighted").rich_style
        if not any(segment.style is not None and segment.style.bgcolor == picked.bgcolor for segment in line):
            return line
        return Strip(Segment.apply_style(line, post_style=Style(color=picked.color)), line.cell_length)
