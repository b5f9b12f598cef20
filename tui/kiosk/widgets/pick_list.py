"""A list of which one is picked; the row under the cursor can be read whatever colours its words have elsewhere."""

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.strip import Strip
from textual.style import Style
from textual.widgets import OptionList
from textual.widgets.option_list import Option


class PickList(OptionList):
    """Textual's, whose cursor is a light bar here: words that are coloured for a dark ground would vanish on it."""

    def _get_option_render(self, option: Option, style: Style) -> list[Strip]:
        strips = super()._get_option_render(option, style)
        if not self.has_focus or option is not self.highlighted_option:
            return strips
        return [Strip([_inked(segment, style.rich_style) for segment in strip]) for strip in strips]


def _inked(segment: Segment, bar: RichStyle) -> Segment:
    """In the bar's own ink; what the words were in another colour for, they say themselves."""
    return Segment(segment.text, segment.style + bar if segment.style else bar, segment.control)
