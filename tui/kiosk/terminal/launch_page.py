"""What stands while the screens are imported, which takes seconds on a slow PC: the program lives.

In the terminal's own colours, since no palette is known yet; the title is where the first screen has it.
"""

import os
import signal
import termios
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import FrameType
from typing import Final, Self

from tui.kiosk.terminal.centred import centred
from tui.kiosk.terminal.modes import ENTER, LEAVE
from tui.kiosk.terminal.tty import Before, is_utf8
from tui.kiosk.text import _

ENDING: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT)
"""Signals that end the program in order, and the exit code is 128 and their number."""
IN_ENGLISH: Final = "Starting; one moment, please."
"""ASCII, which every terminal draws."""
_LFLAG: Final = 3
_Handler = Callable[[int, FrameType | None], object] | int | None


def starting(environment: Mapping[str, str]) -> tuple[str, ...]:
    """That the program starts: in the language that is spoken and in English, as far as the charset has them."""
    spoken = (_("正在启动，请稍候。"),) if is_utf8(environment) else ()
    return tuple(dict.fromkeys((*spoken, IN_ENGLISH)))


class LaunchPage:
    """Stands from `show` until the driver takes the terminal over, or `close` gives it back as it was found."""

    def __init__(self, fd: int = 0) -> None:
        """Nothing is shown yet."""
        self._fd = fd
        self._handlers: dict[signal.Signals, _Handler] = {}
        self.before: Before | None = None
        """The terminal as it was found; None while no page stands."""

    def show(self, environment: Mapping[str, str]) -> Self:
        """Show it, unless the terminal would have to be waited for. Keys that come meanwhile wait, unseen."""
        self.before = Before.look(self._fd)
        if self.before is None:
            return self
        for number in ENDING:
            self._handlers[number] = signal.signal(number, self._end)
        self._handlers[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, _stay)
        self._stop_echo(self.before)
        title = _("网证通数字证书续期") if is_utf8(environment) else ""
        lines = centred(starting(environment), *self._size)
        if not self.before.write(f"{ENTER}\x1b[?25l\x1b[H\x1b[2J\x1b[1;3H\x1b[1m{title}\x1b[m{lines}"):
            self.close()
        return self

    def hand_over(self) -> None:
        """The driver has the terminal, and will put it back."""
        self.before = None

    def close(self) -> None:
        """Give the terminal back where nobody has taken it over: what is printed next can be read."""
        if self.before is not None:
            self.before.put_back(LEAVE)
            self.before = None
            for number, handler in self._handlers.items():
                signal.signal(number, handler)

    @property
    def _size(self) -> tuple[int, int]:
        """Columns and rows."""
        try:
            rows, columns = termios.tcgetwinsize(self._fd)
        except termios.error:
            rows = columns = 0
        return columns or 80, rows or 24

    def _stop_echo(self, found: Before) -> None:
        mode = [*found.attributes]
        mode[_LFLAG] &= ~termios.ECHO
        with suppress(termios.error):
            termios.tcsetattr(self._fd, termios.TCSANOW, mode)

    def _end(self, number: int, frame: FrameType | None) -> None:
        """The driver's processes end with this one's end of their pipes."""
        self.close()
        os._exit(128 + number)


def _stay(number: int, frame: FrameType | None) -> None:
    """A shell behind the page would be seen by nobody; a handler, unlike SIG_IGN, ends with exec."""
