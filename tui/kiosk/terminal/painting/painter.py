"""What the terminal shows, and the bytes that bring it to what Textual wants shown."""

from operator import is_not

from rich.color import ColorSystem
from textual._compositor import ChopsUpdate, LayoutUpdate

from tui.kiosk.terminal.painting.cells import Row
from tui.kiosk.terminal.painting.difference import Difference
from tui.kiosk.terminal.painting.pen import Pen
from tui.kiosk.terminal.painting.picture import Picture
from tui.kiosk.terminal.painting.renditions import Renditions


class Painter:
    """Two pictures: the wanted and the shown one; an unchanged line is the same list in both."""

    def __init__(self, colours: ColorSystem | None, *, erases: bool) -> None:
        renditions = Renditions(colours)
        self._wanted = Picture(renditions)
        self._shown: list[Row | None] = []
        self._pen = Pen(renditions)
        self._difference = Difference(self._pen, erases=erases)

    def take(self, update: LayoutUpdate | ChopsUpdate) -> None:
        """Textual wants this shown."""
        size = self._wanted.size
        self._wanted.take(update)
        if self._wanted.size != size:
            self.distrust()

    @property
    def changed(self) -> int:
        """How many lines differ."""
        return sum(map(is_not, self._wanted.rows, self._shown))

    def distrust(self) -> None:
        """What the terminal shows is unknown, and everything is to be written."""
        self._shown = [None] * len(self._wanted.rows)
        self._pen.lose()

    def lose(self) -> None:
        """Somebody else has written, though no text: the cursor may be anywhere."""
        self._pen.lose()

    def paint(self, cursor: tuple[int, int] | None) -> str:
        """The bytes of one frame; at its end the cursor stands at `cursor`, or anywhere."""
        self._pen.begin(self._wanted.size.width)
        for y, row in enumerate(self._wanted.rows):
            shown = self._shown[y]
            if row is not shown:
                self._difference.line(y, row, shown)
                self._shown[y] = row
        if cursor is not None:
            self._pen.go(*cursor)
        return self._pen.end()
