"""What a terminal of 80x24 shows after some bytes: pyte, and the two things that it lacks and programs use."""

import re
from collections.abc import Sequence
from typing import Any

import pyte

COLUMNS, ROWS = 80, 24
_ALTERNATE = 1049
_REPEAT = "b"


class _Cells(pyte.Screen):
    """Knows REP (ECMA-48, 8.3.103), and that the alternate screen begins empty (xterm's 1049)."""

    _last = " "

    def draw(self, data: str) -> None:
        super().draw(data)
        self._last = data[-1:] or self._last

    def repeat(self, count: int = 1) -> None:
        self.draw(self._last * (count or 1))

    def set_mode(self, *modes: int, **named: Any) -> None:
        super().set_mode(*modes, **named)
        if named.get("private") and _ALTERNATE in modes:
            self.erase_in_display(2)


class _Stream(pyte.ByteStream):
    csi = pyte.Stream.csi | {_REPEAT: "repeat"}
    events = pyte.Stream.events | {"repeat"}


class Screen:
    """The cells, and questions about them."""

    def __init__(self) -> None:
        """Empty."""
        self._cells = _Cells(COLUMNS, ROWS)
        self._stream = _Stream(self._cells)
        self._text: str | None = None

    def feed(self, data: bytes) -> None:
        """What the program wrote next."""
        self._stream.feed(data)
        self._text = None

    @property
    def text(self) -> str:
        """Line by line; pyte's own fails while half a frame has come, and of a wide character half is written over."""
        if self._text is None:
            lines = (self._cells.buffer[y] for y in range(ROWS))
            self._text = "\n".join("".join(line[x].data for x in range(COLUMNS)).rstrip() for line in lines)
        return self._text

    @property
    def blank(self) -> bool:
        """Nothing is painted: a coloured empty cell would be."""
        painted = (cell for row in self._cells.buffer.values() for cell in row.values())
        return not self.text.strip() and all(cell.bg == "default" and not cell.reverse for cell in painted)

    def shows(self, words: Sequence[str]) -> bool:
        """All of these stand there, broken into lines or not."""
        flat = re.sub(r"\s", "", self.text)
        return all(re.sub(r"\s", "", word) in flat for word in words)

    def focused(self, label: str) -> bool:
        """The button of this label has the focus."""
        return re.search(rf">\s*{label}\s*<", self.text) is not None
