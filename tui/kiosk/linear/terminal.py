"""The person's end of the line: sentences out, lines in, a secret without echo; nothing is coloured or moved."""

import os
import termios
from contextlib import suppress
from typing import Any, TextIO

from tui.core.text_safety import printable
from tui.kiosk.linear.source import Source
from tui.kiosk.text.wrapping import wrapped

LONGEST = 4000
"""Characters of one sentence."""
_LFLAG = 3


class Terminal:
    """A terminal, or a pipe in its place."""

    def __init__(self, source: int, out: TextIO, *, dumb: bool = False) -> None:
        """A `dumb` one is known not to draw block characters (terminfo(5))."""
        self.source = Source(source)
        self.gone = False
        """Nobody reads any more: what is written is dropped."""
        self._out = out
        self._prompted = False
        """The cursor stands behind a prompt."""
        self._before = _attributes(source)
        self.encoding = out.encoding
        self.draws = not dumb and out.isatty() and "█▀▄".encode(out.encoding, "replace").count(b"?") == 0
        """Whether pictures of block characters can be hoped to be seen."""

    @property
    def hides(self) -> bool:
        """Whether what is typed can be kept off the screen."""
        return self._before is not None

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows; 0 where nobody knows."""
        try:
            columns, rows = os.get_terminal_size(self._out.fileno())
        except (OSError, ValueError):
            return 0, 0
        return columns, rows

    def say(self, *sentences: str) -> None:
        """Each from a line of its own on, broken to the width; no character of theirs does anything."""
        self._end_prompt()
        columns, _ = self.size
        for sentence in sentences:
            for line in sentence.split("\n"):
                for part in wrapped(printable(line, LONGEST), columns):
                    self._write(f"{part}\n")

    def draw(self, *rows: str) -> None:
        """Rows that are neither broken nor folded: an address to be copied, the picture of a code."""
        self._end_prompt()
        for row in rows:
            self._write("".join(c if c.isprintable() else "" for c in row) + "\n")

    def prompt(self, words: str, *, hidden: bool) -> None:
        """Ask at the end of the line; what is typed then is shown, or is not."""
        self._end_prompt()
        self._echo(not hidden)
        self._write("\n".join(wrapped(printable(words, LONGEST), self.size[0])) + " ")
        self._prompted = True

    def answered(self) -> None:
        """The person has ended the line."""
        self._prompted = False
        self._echo(True)

    def withdraw(self) -> None:
        """What was asked is asked no more, and what was half typed is dropped."""
        self._end_prompt()
        self.drop_typed()
        self._echo(True)

    def drop_typed(self) -> None:
        """Forget what was typed before anything was asked; a pipe's lines stay, for nobody types them."""
        if self._before is not None:
            with suppress(termios.error):
                termios.tcflush(self.source.fd, termios.TCIFLUSH)
            self.source.wipe()

    def close(self) -> None:
        """As it was found."""
        self._end_prompt()
        self.source.wipe()
        self.put_back()

    def put_back(self) -> None:
        """The echo as it was found; writes nothing."""
        if self._before is not None:
            with suppress(termios.error):
                termios.tcsetattr(self.source.fd, termios.TCSANOW, self._before)

    def _end_prompt(self) -> None:
        if self._prompted:
            self._prompted = False
            self._write("\n")

    def _echo(self, shown: bool) -> None:
        if self._before is None:
            return
        attributes = [*self._before]
        attributes[_LFLAG] |= termios.ICANON | termios.ISIG | termios.ECHO | termios.ECHONL
        if not shown:
            attributes[_LFLAG] &= ~termios.ECHO
        with suppress(termios.error):
            termios.tcsetattr(self.source.fd, termios.TCSANOW, attributes)

    def _write(self, text: str) -> None:
        if self.gone:
            return
        try:
            self._out.write(text)
            self._out.flush()
        except (OSError, ValueError):
            self.gone = True


def _attributes(fd: int) -> list[Any] | None:
    try:
        return termios.tcgetattr(fd)
    except (OSError, termios.error):
        return None
