"""A scrollbar of whole cells: Textual's own ends in eighth blocks, whose width is ambiguous."""

from typing import ClassVar

from textual.scrollbar import ScrollBarRender


class CellScrollBar(ScrollBarRender):
    """Draws backgrounds only."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8
