"""Judge whether a terminal is fit for the kiosk, and restore it after Textual whatever happened."""

import os
import termios
from collections.abc import Container, Mapping
from contextlib import suppress
from typing import Any

from tui.core.frozen import frozen
from tui.kiosk.terminal.modes import RESET

CONSOLES = frozenset({"linux", "ansi", "cons", "vt", "wsvt"})
"""Terminal types, without number and variant, whose fonts may lack block glyphs."""

LOWER_HALF_BLOCK = 0x2584
"""`▄`, the one glyph of the small code."""


def unfit(environment: Mapping[str, str]) -> str | None:
    """Why standard input and output cannot carry the kiosk, or None; to be asked before Textual is imported."""
    if not (os.isatty(0) and os.isatty(1) and os.isatty(2)):
        return "ca-kiosk 需要在终端中运行。\nca-kiosk needs a terminal on standard input, output and error."
    if environment.get("TERM", "") == "dumb":
        return "当前终端（TERM=dumb）不能显示全屏界面。\nThis terminal (TERM=dumb) cannot show a full screen."
    return None


def has_half_blocks(environment: Mapping[str, str], font: Container[int] | None) -> bool | None:
    """Whether `▄` can be trusted: consoles with eight colours have fonts of their own, charsets but UTF-8 lack it.

    `font` has the code points that a Linux console draws; None when it cannot be asked, and then nor can this.
    """
    console = _console(environment)
    if not is_utf8(environment):
        return False
    if console == "linux":
        return None if font is None else LOWER_HALF_BLOCK in font
    return console not in CONSOLES


def is_utf8(environment: Mapping[str, str]) -> bool:
    """Whether the locale's charset is UTF-8, or none is named, which Python takes for UTF-8 (PEP 538 and 540)."""
    locale = next(filter(None, (environment.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))), "")
    charset = locale.partition(".")[2].partition("@")[0]
    return charset.lower().replace("-", "") in ("", "utf8")


def is_linux_console(environment: Mapping[str, str]) -> bool:
    """Whether backgrounds have eight colours, white among them a grey (drivers/tty/vt/vt.c takes SGR 107 as 47)."""
    return _console(environment) == "linux"


def _console(environment: Mapping[str, str]) -> str:
    """The terminal's type without number and variant."""
    return environment.get("TERM", "").partition("-")[0].rstrip("0123456789")


@frozen
class Before:
    """The terminal as it was found."""

    fd: int
    attributes: list[Any]
    """termios attributes."""
    path: str

    @classmethod
    def look(cls, fd: int) -> "Before | None":
        """Remember the terminal at `fd`; None when there is none."""
        try:
            return cls(fd, termios.tcgetattr(fd), os.ttyname(fd))
        except (OSError, termios.error):
            return None

    def put_back(self, reset: str = RESET) -> None:
        """Restore at once and without ever blocking, also when nobody reads the terminal; never raises."""
        with suppress(OSError, termios.error):
            termios.tcflush(self.fd, termios.TCOFLUSH)
            termios.tcsetattr(self.fd, termios.TCSANOW, self.attributes)
        self.write(reset)

    def write(self, text: str) -> bool:
        """Write without ever blocking; whether the terminal took anything. Never raises."""
        # A description of its own: O_NONBLOCK set on the inherited one would reach the shell that started us.
        with suppress(OSError):
            own = os.open(self.path, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
            try:
                return os.write(own, text.encode()) > 0
            finally:
                os.close(own)
        return False
