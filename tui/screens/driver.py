"""Textual's Linux driver, hardened: no byte, no signal and no lost terminal may leave the program half alive."""

import asyncio
import os
import select
import signal
import termios
import threading
from codecs import getincrementaldecoder
from contextlib import suppress
from typing import Any, Final

from textual import events
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message
from textual.messages import InBandWindowResize

from tui.core.form.characters import clean
from tui.terminal import RESET, Before

SIGNALS: Final = {signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGQUIT: 131, signal.SIGINT: 130}
"""Signals that end the program in order, and the exit code they lead to (128 + number)."""
HUNG_UP: Final = 129
CRASHED: Final = 70
"""EX_SOFTWARE of sysexits."""
LAST_RESORT: Final = 1.0
"""Seconds an orderly end may take before the process ends the hard way."""
STUCK_PASTE: Final = 2.0
"""Seconds without input after which an unfinished bracketed paste is given up."""
MAX_PASTE: Final = 1 << 17
"""Characters of an unfinished bracketed paste."""
BROKEN: Final = (ParseError, ValueError, ArithmeticError, LookupError, TypeError, RuntimeError)
"""What hostile escape sequences make the parser raise."""
UNWANTED: Final = (events.AppBlur, events.AppFocus, events.Resize, InBandWindowResize)
"""Reports that a full-screen kiosk does not need (SIGWINCH tells the size), and that false input could harm it with."""


class Ended(events.Event, bubble=False):
    """The program must end with `code`; posted by the driver to the app."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code


class Output:
    """The terminal as a file: UTF-8 whatever the locale says, silent once the terminal is gone."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._gone = False

    def write(self, text: str) -> None:
        """Write all of it; a terminal that is gone swallows the rest."""
        data = memoryview(text.encode("utf-8", "replace"))
        while data and not self._gone:
            try:
                data = data[os.write(self._fd, data) :]
            except OSError:
                self._gone = True

    def flush(self) -> None:
        """Nothing is held back."""

    def fileno(self) -> int:
        """The descriptor."""
        return self._fd


class Input:
    """Bytes to messages; undecodable bytes become U+FFFD, a sequence that breaks the parser is dropped with it."""

    def __init__(self, debug: bool = False) -> None:
        self._debug = debug
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._parser = XTermParser(debug)
        self._pasting = 0

    @property
    def patience(self) -> float | None:
        """Seconds after which `tick` is due; None: not before the next byte."""
        if self._parser._timeout_time is not None:
            return 0.02
        return STUCK_PASTE if self._pasting else None

    def feed(self, data: bytes) -> list[Message]:
        """Messages of the bytes that have come."""
        text = self._decode(data)
        start, end = text.rfind("\x1b[200~"), text.rfind("\x1b[201~")
        self._pasting = 0 if end > start else self._pasting + len(text) if self._pasting or start >= 0 else 0
        if self._pasting > MAX_PASTE:
            self.reset()
            return []
        # One by one: what follows a sequence that breaks the parser is read all the same.
        return [message for character in text for message in self._drawn(self._parser.feed(character))]

    def tick(self) -> list[Message]:
        """Messages of a sequence that did not go on, for instance a bare ESC."""
        if self._parser._timeout_time is None and self._pasting:
            self.reset()
            return []
        return self._drawn(self._parser.tick())

    def reset(self) -> None:
        """Begin anew after a broken sequence."""
        self._parser = XTermParser(self._debug)
        self._pasting = 0

    def _drawn(self, messages: Any) -> list[Message]:
        out: list[Message] = []
        try:
            out.extend(messages)
        except BROKEN:
            self.reset()
        return out


class KioskDriver(LinuxDriver):
    """Own input loop and output file; signals and the end of the terminal end the program with the right code."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._file = Output(2)  # type: ignore[assignment]
        self.before = Before.look(self.fileno)
        self._wake, self._waker = os.pipe()
        self._raw: list[Any] | None = None
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)
        signal.signal(signal.SIGCONT, self._continued)

    @property
    def can_suspend(self) -> bool:
        """A kiosk is not put into the background."""
        return False

    def start_application_mode(self) -> None:
        """Take the terminal over."""
        for number in SIGNALS:
            signal.signal(number, self._signalled)
        super().start_application_mode()  # type: ignore[no-untyped-call]
        with suppress(termios.error):
            self._raw = termios.tcgetattr(self.fileno)

    def stop_application_mode(self) -> None:
        """Give it back; modes that Textual forgets are reset too."""
        super().stop_application_mode()
        self.write(RESET)

    def disable_input(self) -> None:
        """End the input thread at once instead of at its next poll."""
        if not self.exit_event.is_set():
            with suppress(OSError):
                os.write(self._waker, b"x")
        super().disable_input()

    def end(self, code: int) -> None:
        """End in order with `code`; the hard way if that has not happened in `LAST_RESORT` seconds."""
        last_resort = threading.Timer(LAST_RESORT, self.end_now, [code])
        last_resort.daemon = True
        last_resort.start()
        with suppress(RuntimeError):
            asyncio.run_coroutine_threadsafe(self._app._post_message(Ended(code)), loop=self._loop)

    def end_now(self, code: int) -> None:
        """Put the terminal back and leave without asking the event loop."""
        if self.before is not None:
            self.before.put_back()
        os._exit(code)

    def _query_in_band_window_resize(self) -> None:
        """Not asked for."""

    def _run_input_thread(self) -> None:
        ended = False
        try:
            self.run_input_thread()
            ended = True
        finally:
            if not ended:
                self.end(CRASHED)

    def run_input_thread(self) -> None:
        """Read until the program or the terminal ends."""
        source = Input(self._debug)
        ready = select.poll()
        ready.register(self.fileno, select.POLLIN)
        ready.register(self._wake, select.POLLIN)
        while not self.exit_event.is_set():
            patience = source.patience
            found = dict(ready.poll(None if patience is None else patience * 1000))
            if self._wake in found:
                self.exit_event.wait(LAST_RESORT)
                os.read(self._wake, 16)
                return
            if not found:
                self._hand_over(source.tick())
                continue
            try:
                data = os.read(self.fileno, 4096)
            except OSError:
                data = b""
            if not data:
                self.end(HUNG_UP)
                return
            self._hand_over(source.feed(data))

    def _hand_over(self, messages: list[Message]) -> None:
        for message in messages:
            if isinstance(message, UNWANTED):
                continue
            if isinstance(message, events.Paste):
                message.text = "".join(c for c in message.text if c.isprintable() or c in "\n\t" or clean(c))
            self.process_message(message)

    def _signalled(self, number: int, frame: object) -> None:
        self.end(SIGNALS[signal.Signals(number)])

    def _continued(self, number: int, frame: object) -> None:
        """After SIGSTOP the shell may have changed everything: set all modes again and repaint."""
        if self._writer_thread is None:
            return
        if self._raw is not None:
            with suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self._raw)
        self._loop.call_soon_threadsafe(self._repaint)

    def _repaint(self) -> None:
        self.write("\x1b[?1049h\x1b[?25l")
        self._enable_mouse_support()
        self._enable_bracketed_paste()
        self._disable_line_wrap()
        self._app.refresh(layout=True)
