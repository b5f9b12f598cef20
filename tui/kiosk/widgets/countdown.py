"""Time that passes on the screen: the seconds a QR code has left, and the mark of a wait. One small update a second."""

from rich.cells import cell_len
from textual.message import Message

from tui.kiosk.text import _
from tui.kiosk.widgets.bar import LONG, SHORT, Said, progress, remaining
from tui.kiosk.widgets.ticking import Ticking

NO_NEWS = 1.5
"""Seconds by which a deadline may differ: the desk tells whole ones, and the figures turn with the app's."""
GAP = 2
"""Cells between a bar and what is said beside it."""
LONGEST = 999
"""Seconds of a wait that the words beside its bar have room for."""


class Countdown(Ticking):
    """Minutes and seconds until a deadline, and a bar of what is left of the longest time it was given.

    Where there are no colours its last cell alone tells how long that was.
    """

    class Over(Message):
        """The deadline has come."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._deadline = 0.0
        self._whole = 0

    def start(self, seconds: int) -> None:
        """Count down from `seconds`, as the desk gave them just now."""
        deadline = self.clock() + seconds
        if self.counts and abs(deadline - self._deadline) < NO_NEWS:
            return
        self._deadline = deadline
        self._whole = max(self._whole, seconds)
        self.run()

    @property
    def left(self) -> int:
        """Whole seconds left, 0 when over."""
        return max(0, round(self._deadline - self.clock()))

    def second(self) -> bool:
        """Turn with the app's seconds: a figure would now and then stand for two of them, and the next for none."""
        self._deadline = self.clock() + self.left
        return super().second()

    def stop(self) -> None:
        """Stand still; the next code's time is a whole of its own."""
        super().stop()
        self._whole = 0

    def say(self) -> Said:
        """What is left; told once when it is over."""
        left = self.left
        clock = f"{left // 60:02d}:{left % 60:02d}"
        bar = remaining(left, self._whole, max(0, self.room - len(clock) - GAP - 1))
        if (left <= 30) is not self.has_class("-short"):
            self.toggle_class("-short")
        if not left and self.counts:
            self.stop()
            self.post_message(self.Over())
        return (clock, ""), (" " * GAP, ""), *bar, (" ", "reverse")


class Pulse(Ticking):
    """The mark of a wait: a bar with the steps that are over, a mark that moves, its end; and how long it is."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._since = 0.0
        self._steps = 0, 1

    def begin(self, done: int = 0, steps: int = 1) -> None:
        """A wait begins, with `done` of its `steps` over; one that goes on is left alone until a step is over."""
        moved, self._steps = (done, steps) != self._steps, (done, steps)
        if not self.counts:
            self._since = self.clock()
            self.run()
        elif moved:
            self.tick()

    def say(self) -> Said:
        """The seconds gone by."""
        gone = int(self.clock() - self._since)
        words = _("已用时{seconds}秒").format(seconds=gone)
        room = self.room - GAP - 1 - cell_len(_("已用时{seconds}秒").format(seconds=LONGEST))
        bar = progress(gone, *self._steps, cells=max(SHORT, room) if self.room else LONG)
        return *bar, (" ", "on $edge"), (" " * GAP, ""), (words, "")
