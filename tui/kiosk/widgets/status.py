"""The lines of the frame: title bar, status line and the words of waiting."""

from datetime import datetime
from time import monotonic

from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from tui.core.text_safety import mask, printable
from tui.journey.state import Busy, State
from tui.kiosk.text import _
from tui.kiosk.text.dates import clock
from tui.kiosk.text.wording import busy_words, desk_words, refund_words, token_words
from tui.kiosk.widgets.bar import SHORT, progress
from tui.kiosk.widgets.step_indicator import STAGE_WORDS
from tui.kiosk.widgets.words import Words

SHOW_AFTER = 0.1
"""Seconds a wait may last unseen."""
SHOW_FOR = 1.0
"""Seconds a wait stays once it is seen."""


class TitleBar(Static):
    """The product's name and Beijing time, to the minute."""

    def __init__(self) -> None:
        super().__init__("")
        self._shown = ""
        self._stage = 0

    def stand_at(self, stage: int) -> None:
        """Say which of the stages it is; 0 is none."""
        if stage != self._stage:
            self._stage = stage
            self.refresh()

    def show(self, now: datetime) -> None:
        """Redraw when the minute changed."""
        text = clock(now)
        if text != self._shown:
            self._shown = text
            self.refresh()

    def render(self) -> Content:
        """Name left, step in the middle, time right."""
        name = Content.styled(_("网证通数字证书续期"), "bold")
        step = Content(
            _("第{stage}步，共{count}步").format(stage=self._stage, count=len(STAGE_WORDS)) if self._stage else ""
        )
        width, time = self.content_size.width, Content(self._shown)
        before = max(1, (width - step.cell_length) // 2 - name.cell_length)
        after = width - before - sum(part.cell_length for part in (name, step, time))
        if after < 1:
            return Content.assemble(name, " " * max(1, width - name.cell_length - time.cell_length), time)
        return Content.assemble(name, " " * before, step, " " * after, time)


class StatusLine(Words):
    """Token, desk and account in words."""

    def show(self, state: State) -> None:
        """Draw what is inserted, whether the desk answers, who is signed in."""
        parts = [token_words(state), desk_words(state)]
        if state.signed_in and state.account:
            parts.append(_("账号：{account}").format(account=mask(state.account)))
        if refunded := refund_words(state.application):
            parts.append(refunded)
        self.update(Content(" | ").join([Content(printable(part, 60)) for part in parts]), layout=False)


class HintLine(Words):
    """One quiet line in the row above the status line; the demo tells its account and passwords here."""

    def show(self, hint: str) -> None:
        """Draw `hint`; an empty one gives the row back."""
        self.display = bool(hint)
        self.update(Content(printable(hint)), layout=False)


class BusyLine(Words):
    """Says what is under way: not before `SHOW_AFTER`, then for `SHOW_FOR` at least."""

    def __init__(self) -> None:
        super().__init__("")
        self.display = False
        self._busy: Busy | None = None
        self._since = 0.0
        self._timer: Timer | None = None
        self._ticks: Timer | None = None

    def show(self, busy: Busy | None) -> None:
        """Begin, go on with, or end a wait."""
        if busy is self._busy:
            return
        self._busy = busy
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if busy is not None and self.display:
            self._appear()
        elif busy is not None:
            self._timer = self.set_timer(SHOW_AFTER, self._appear)
        elif self.display:
            # Never 0: Textual divides by a timer's interval, and the error ends the program when the screen goes.
            self._timer = self.set_timer(max(0.05, self._since + SHOW_FOR - monotonic()), self._vanish)

    def rest(self) -> None:
        """Its screen was left: no timer runs for what nobody sees."""
        self._busy = None
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._vanish()

    def _appear(self) -> None:
        if self._busy is not None:
            if not self.display:
                self._since = monotonic()
            self._draw()
            self.display = True
            if self._ticks is None:
                self._ticks = self.set_interval(1.0, self._draw)

    def _draw(self) -> None:
        """The words; after a second a bar whose mark moves, and how long it has been."""
        if self._busy is None:
            return
        gone = int(monotonic() - self._since) if self.display else 0
        words = f" {busy_words(self._busy)} "
        if gone:
            words += " " + _("已用时{seconds}秒").format(seconds=gone) + " "
        self.update(Content.assemble(words, *(progress(gone, cells=SHORT) if gone else ())))

    def _vanish(self) -> None:
        if self._ticks is not None:
            self._ticks.stop()
            self._ticks = None
        self.display = False
