"""Time that passes on the screen: the seconds a QR code has left, and the mark of a wait. One small update a second."""

from collections.abc import Callable
from time import monotonic

from textual.content import Content
from textual.message import Message
from textual.timer import Timer

from tui.kiosk.text import _
from tui.kiosk.widgets.words import Words


class Ticking(Words):
    """Redraws itself once a second between `run` and `stop`, and only while its screen is the shown one."""

    clock: Callable[[], float] = staticmethod(monotonic)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._timer: Timer | None = None

    def run(self) -> None:
        """Begin to tick, and draw at once."""
        if self._timer is None:
            self._timer = self.set_interval(1.0, self._tick)
        self.tick()

    def stop(self) -> None:
        """Stand still."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def tick(self) -> None:
        """A second has passed."""

    def _tick(self) -> None:
        if self.screen.is_current:
            self.tick()


class Countdown(Ticking):
    """Minutes and seconds until a monotonic deadline."""

    class Over(Message):
        """The deadline has come."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._deadline = 0.0

    def start(self, seconds: int) -> None:
        """Count down from `seconds`, as the desk gave them just now."""
        self._deadline = self.clock() + seconds
        self.run()

    @property
    def left(self) -> int:
        """Whole seconds left, 0 when over."""
        return max(0, round(self._deadline - self.clock()))

    def tick(self) -> None:
        """Draw what is left; tell once when it is over."""
        left = self.left
        self.update(Content(f"{left // 60:02d}:{left % 60:02d}"), layout=False)
        self.set_class(left <= 30, "-short")
        if not left and self._timer is not None:
            self.stop()
            self.post_message(self.Over())


class Pulse(Ticking):
    """The mark of a wait: how long it has been going on, and a dot that moves."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._since = 0.0

    def begin(self) -> None:
        """A wait begins; one that goes on is left alone."""
        if self._timer is None:
            self._since = self.clock()
            self.run()

    def tick(self) -> None:
        """Draw the seconds gone by."""
        gone = int(self.clock() - self._since)
        dots = "".join("*" if place == gone % 5 else "." for place in range(5))
        self.update(Content(_("{dots}  已用时{seconds}秒").format(dots=dots, seconds=gone)), layout=False)
