"""The cells that Textual wants shown, line by line."""

from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Size

from tui.kiosk.terminal.painting.cells import BLANK, Row, cells_of, put
from tui.kiosk.terminal.painting.renditions import Renditions


class Picture:
    """Takes the compositor's updates; a line that changes is a new list."""

    def __init__(self, renditions: Renditions) -> None:
        self._renditions = renditions
        self.size = Size()
        self.rows: list[Row] = []

    def take(self, update: LayoutUpdate | ChopsUpdate) -> None:
        """Put in what `update` shows."""
        if isinstance(update, LayoutUpdate):
            if update.region.size != self.size:
                self._resize(update.region.size)
            for y, strips in enumerate(update.strips):
                segments = [segment for strip in strips for segment in strip]
                self._put(0, y, cells_of(segments, self._renditions))
        else:
            for y, x1, x2 in update.spans:
                for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=True):
                    if strip is not None and x < x2 and end > x1:
                        self._put(x, y, cells_of(strip, self._renditions))

    def _resize(self, size: Size) -> None:
        self.size = size
        self.rows = [[(BLANK, self._renditions.plain)] * size.width for _ in range(size.height)]

    def _put(self, x: int, y: int, cells: Row) -> None:
        if not 0 <= y < len(self.rows):
            return
        row = put(self.rows[y], x, cells)
        if row != self.rows[y]:
            self.rows[y] = row
