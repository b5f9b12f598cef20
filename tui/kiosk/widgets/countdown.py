"""Time that passes on the screen: the seconds a QR code has left, and the mark of a wait. One small update a second."""

from collections.abc import Callable
from time import monotonic

from textual.content import Content
from textual.message import Message
from textual.timer import Timer

from tui.kiosk.text import _
from tui.kiosk.widgets.bar import progress, remaining
from tui.kiosk.widgets.words import Words

GAP = 2
"""Cells between a bar and what is said beside it."""


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
    """Minutes and seconds until a monotonic deadline, and a bar of what is left of the longest time it was given."""

    class Over(Message):
        """The deadline has come."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._deadline = 0.0
        self._whole = 0

    def start(self, seconds: int) -> None:
        """Count down from `seconds`, as the desk gave them just now."""
        self._deadline = self.clock() + seconds
        self._whole = max(self._whole, seconds)
        self.run()

    @property
    def left(self) -> int:
        """Whole seconds left, 0 when over."""
        return max(0, round(self._deadline - self.clock()))

    def on_resize(self) -> None:
        """The bar has another length."""
        if self._timer is not None:
            self.tick()

    def stop(self) -> None:
        """Stand still; the next code's time is a whole of its own."""
        super().stop()
        self._whole = 0

    def tick(self) -> None:
        """Draw what is left; tell once when it is over."""
        left = self.left
        clock = f"{left // 60:02d}:{left % 60:02d}"
        bar = remaining(left, self._whole, max(0, self.size.width - len(clock) - GAP), "")
        self.update(Content.assemble(clock, " " * GAP, bar), layout=False)
        self.set_class(left <= 30, "-short")
        if not left and self._timer is not None:
            self.stop()
            self.post_message(self.Over())


class Pulse(Ticking):
    """The mark of a wait: a bar with the steps that are over, a mark that moves, and how long it has been going on."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._since = 0.0
        self._steps = 0, 1

    def begin(self, done: int = 0, steps: int = 1) -> None:
        """A wait begins, with `done` of its `steps` over; one that goes on is left alone until a step is over."""
        moved, self._steps = (done, steps) != self._steps, (done, steps)
        if self._timer is None:
            self._since = self.clock()
            self.run()
        elif moved:
            self.tick()

    def tick(self) -> None:
        """Draw the seconds gone by."""
        gone = int(self.clock() - self._since)
        words = _("已用时{seconds}秒").format(seconds=gone)
        self.update(Content.assemble(progress(gone, *self._steps), " " * GAP, words), layout=False)
