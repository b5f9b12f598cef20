"""Harden Textual's Linux driver against broken bytes, signals and a terminal that goes away."""

import asyncio
import os
import select
import signal
import termios
import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Any, Final

from textual import events
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from tui.kiosk.terminal.colour_depth import QUESTION
from tui.kiosk.terminal.keyboard import FocusGained, Input, TrueColour
from tui.kiosk.terminal.launch_page import ENDING, LaunchPage
from tui.kiosk.terminal.modes import ENTER, ERASE, RESET
from tui.kiosk.terminal.painting.capabilities import erases_in_colour
from tui.kiosk.terminal.painting.frames import Frames
from tui.kiosk.terminal.rate_limit import Allowance
from tui.kiosk.terminal.tty import Before
from tui.process.environment import environment

SIGNALS: Final = {number: 128 + number for number in ENDING}
"""Signals that end the program in order, and the exit code they lead to (128 + number)."""
HUNG_UP: Final = 129
CRASHED: Final = 70
"""EX_SOFTWARE of sysexits."""
READ: Final = 4096
"""Bytes of one read."""
LAST_RESORT: Final = 1.0
"""Seconds an orderly end may take before the process ends the hard way."""


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


class KioskDriver(LinuxDriver):
    """Own input loop and output file; signals and the end of the terminal end the program with the right code."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._file = Output(2)  # type: ignore[assignment]
        self._page: LaunchPage = getattr(app, "launch_page", None) or LaunchPage()
        self.before = self._page.before or Before.look(self.fileno)
        self.frames = Frames(app, super().write, erases=erases_in_colour(environment()))
        self._repaints = Allowance(3, 1, monotonic)
        self._wake, self._waker = os.pipe()
        self._raw: list[Any] | None = None  # while the terminal is taken
        self._asked = False
        self._answered: Callable[[], None] = lambda: None
        self._silent = self._shows = False
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
        self._shows = True
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._page.before is not None:
            self.attrs_before = self._page.before.attributes
            self._page.hand_over()
        with suppress(termios.error):
            self._raw = termios.tcgetattr(self.fileno)

    def write(self, data: str) -> None:
        """Write what is no frame: a mode, a question."""
        if self._silent or (data == ENTER and self._page.before is not None):  # to enter it again would blank it
            return
        self.frames.lose()
        super().write(data)

    def ask_colours(self, answered: Callable[[], None]) -> None:
        """Ask whether there are more than is known of; `answered`, once and if ever, when there are."""
        self._answered, self._asked = answered, True
        self.write(QUESTION)

    def stop_application_mode(self) -> None:
        """Give it back; modes that Textual forgets are reset too."""
        self._raw = None
        self.frames.end()
        self.write(ERASE)
        self._shows = False
        super().stop_application_mode()
        self.write(RESET)

    def disable_input(self) -> None:
        """End the input thread at once instead of at its next poll."""
        if not self.exit_event.is_set():
            with suppress(OSError):
                os.write(self._waker, b"x")
        super().disable_input()

    def stop_reading(self) -> None:
        """Leave to another program what is typed from now on."""
        self.exit_event.set()
        with suppress(OSError):
            os.write(self._waker, b"x")

    def fall_silent(self) -> None:
        """Write to the end what has been begun, and nothing after it."""
        self.frames.end()
        self._silent = True
        if self._writer_thread is not None:
            self._writer_thread.stop()

    def end(self, code: int) -> None:
        """End in order with `code`; the hard way if that has not happened in `LAST_RESORT` seconds."""
        last_resort = threading.Timer(LAST_RESORT, self.end_now, [code])
        last_resort.daemon = True
        last_resort.start()
        with suppress(RuntimeError):
            asyncio.run_coroutine_threadsafe(self._app._post_message(Ended(code)), loop=self._loop)

    def end_now(self, code: int) -> None:
        """Put the terminal back and leave without asking the event loop."""
        self._raw = None
        if self.before is not None:
            self.before.put_back(f"{ERASE}{RESET}" if self._shows and not self._silent else RESET)
        os._exit(code)

    def _get_terminal_size(self) -> tuple[int, int]:
        """The window's own size: COLUMNS and LINES are those of a shell that may have had another one."""
        with suppress(OSError):
            width, height = os.get_terminal_size(self.fileno)
            if width and height:
                return width, height
        return 80, 24

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
        source, buffer = Input(), bytearray(READ)
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
                count = os.readv(self.fileno, [buffer])
            except OSError:
                count = 0
            if not count:
                self.end(HUNG_UP)
                return
            self._hand_over(source.feed(memoryview(buffer)[:count]))
            buffer[:count] = bytes(count)

    def _hand_over(self, messages: list[Message]) -> None:
        for message in messages:
            if _asks_to_repaint(message) and self._repaints.take():
                self._loop.call_soon_threadsafe(self.frames.repaint)
            if isinstance(message, TrueColour) and self._asked:
                self._asked = False
                self._loop.call_soon_threadsafe(self._app.call_later, self._answered)
            if not isinstance(message, FocusGained | TrueColour):
                self.process_message(message)

    def _signalled(self, number: int, frame: object) -> None:
        self.end(SIGNALS[signal.Signals(number)])

    def _continued(self, number: int, frame: object) -> None:
        """After SIGSTOP the shell may have changed everything: set all modes again and repaint."""
        if self._raw is None:
            return
        with suppress(termios.error):
            termios.tcsetattr(self.fileno, termios.TCSANOW, self._raw)
        self._loop.call_soon_threadsafe(self._repaint)

    def _repaint(self) -> None:
        if self._raw is None:
            return
        self.write(f"{ENTER}\x1b[?25l")
        self._enable_mouse_support()
        self._enable_bracketed_paste()
        self._disable_line_wrap()
        self.frames.repaint()


def _asks_to_repaint(message: Message) -> bool:
    """A function key, which somebody presses where the screen is not right, or somebody looks at the screen again."""
    pressed = message.key if isinstance(message, events.Key) else ""
    return isinstance(message, FocusGained) or (pressed.startswith("f") and pressed[1:].isdecimal())
