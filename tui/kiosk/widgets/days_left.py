"""A certificate's days left, in figures that can be read from afar."""

from textual.content import Content

from tui.kiosk.text import _
from tui.kiosk.widgets.figures import drawn
from tui.kiosk.widgets.words import Words


class DaysLeft(Words):
    """The days left in large figures, and in words below."""

    def show(self, days: int | None, *, good: bool = True) -> None:
        """Draw `days`; hide without a number."""
        self.display = days is not None and 0 <= days <= 9999
        if days is None or not self.display:
            return
        lit = "$good" if good else "$bad"
        words = _("今天到期") if days == 0 else _("{days}天后到期").format(days=days)
        self.update(Content("\n").join([drawn(str(days), lit), Content(""), Content.styled(words, f"bold {lit}")]))
