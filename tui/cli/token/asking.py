"""Ask at the terminal, secrets without echo; questions go to standard error, so that results can be piped."""

import signal
import sys
from types import FrameType
from typing import NoReturn, Self, TypeVar

from tui.core.exits import Exit
from tui.core.secret import Secret
from tui.kiosk.linear.source import wipe
from tui.kiosk.linear.terminal import Terminal
from tui.kiosk.text import _

S = TypeVar("S", bound=Secret)
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


class Asking:
    """A conversation; at its end, come what may, the terminal echoes again."""

    def __init__(self) -> None:
        self._terminal = Terminal(sys.stdin.fileno(), sys.stderr)
        for number in _SIGNALS:
            signal.signal(number, _leave)
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)  # a shell behind it would find the echo off

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._terminal.close()

    def say(self, *sentences: str) -> None:
        """Each on a line of its own."""
        self._terminal.say(*sentences)

    def word(self, question: str) -> str:
        """What the person types, shown."""
        line = self._line(question, hidden=False)
        try:
            return line.decode(errors="replace").strip()
        finally:
            wipe(line)

    def secret(self, question: str, kind: type[S]) -> S:
        """What the person types, not shown; asked again as long as it is nothing, or no character of a keyboard.

        An arrow key would cost a try.
        """
        while True:
            line = self._line(question, hidden=True)
            try:
                if line and all(0x20 <= octet < 0x7F for octet in line):
                    return kind(line)
            finally:
                wipe(line)
            self.say(_("没有输入，或有键盘上打不出的字符。没有提交，请重新输入。"))

    def _line(self, question: str, *, hidden: bool) -> bytearray:
        self._terminal.prompt(question, hidden=hidden)
        source = self._terminal.source
        while not source.ready:
            if not source.read():
                self._terminal.close()
                self.say(_("输入已结束，什么也没有做。"))
                sys.exit(Exit.USAGE)
        line = source.take()
        self._terminal.answered()
        return line


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    """The echo comes back on the way out."""
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)
