"""The terminal between two programs: raw, so that no key echoes or becomes a signal, and blank but for a few lines."""

import os
import select
import termios

from tui.kiosk.terminal.centred import centred
from tui.kiosk.terminal.modes import ABANDONED, BLANK, ERASE_SCROLLBACK, RESET

_IFLAG, _OFLAG, _CFLAG, _LFLAG = range(4)


class HeldTerminal:
    """Written to without ever waiting: a terminal that nobody reads must not stop the supervisor."""

    def __init__(self, fd: int = 0, lines: tuple[str, ...] = ()) -> None:
        """`lines` are said from the beginning until a program has it."""
        self._fd = fd
        self._found = termios.tcgetattr(fd)
        # A description of its own: O_NONBLOCK set on the inherited one would reach the shell that started us.
        self._own = os.open(os.ttyname(fd), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
        self._lines = lines

    def hold(self) -> None:
        """Take it from whoever had it before; what stood in it is gone."""
        self._raw()
        self._write(BLANK)
        self.show(*self._lines)

    def recover(self, *lines: str) -> None:
        """After a program that ended by itself: nothing of it stays, typed keys included; say `lines` in the middle."""
        self._forget()
        self._raw()
        self._write(ABANDONED)
        self.show(*lines)

    def show(self, *lines: str) -> None:
        """Only these lines, in the middle."""
        self._lines = lines
        try:
            height, width = termios.tcgetwinsize(self._fd)
        except termios.error:
            return
        self._write(f"\x1b[?25l\x1b[H\x1b[2J{ERASE_SCROLLBACK}{centred(lines, width, height)}")

    def resized(self) -> None:
        """Say again what was said."""
        if self._lines:
            self.show(*self._lines)

    def taken(self) -> None:
        """A program has the terminal now."""
        self._lines = ()

    def erase_scrollback(self) -> None:
        """What has been scrolled out of sight is gone."""
        self._write(ERASE_SCROLLBACK)

    def give_back(self) -> None:
        """As it was found, and blank."""
        self._forget()
        try:
            termios.tcsetattr(self._fd, termios.TCSANOW, self._found)
        except termios.error:
            return
        self._write(f"{ABANDONED}{RESET}")

    @property
    def gone(self) -> bool:
        """Whether the terminal has hung up."""
        poll = select.poll()
        poll.register(self._fd, 0)
        return bool(poll.poll(0))

    def _forget(self) -> None:
        try:
            termios.tcflush(self._fd, termios.TCIOFLUSH)
        except termios.error:
            return

    def _raw(self) -> None:
        """As cfmakeraw(3), but lines end as they did."""
        mode = [*self._found]
        mode[_IFLAG] &= ~(
            termios.IGNBRK | termios.BRKINT | termios.PARMRK | termios.ISTRIP | termios.INLCR | termios.IGNCR
        ) & ~(termios.ICRNL | termios.IXON)
        mode[_LFLAG] &= ~(termios.ECHO | termios.ECHONL | termios.ICANON | termios.ISIG | termios.IEXTEN)
        try:
            termios.tcsetattr(self._fd, termios.TCSANOW, mode)
        except termios.error:
            return

    def _write(self, text: str) -> None:
        try:
            os.write(self._own, text.encode())
        except OSError:  # full or gone: what comes next paints everything
            return
