"""Count seconds on a screen: one clock, the app's, drives all that counts them, and one frame shows it."""

from functools import cached_property

from tui.kiosk.screens.settling import SettlingScreen
from tui.kiosk.widgets.at_once import paint_at_once
from tui.kiosk.widgets.countdown import Ticking


class TickingScreen(SettlingScreen, inherit_bindings=False):
    """Told by the app that a second is over: a timer of each part would wake the program once more for it."""

    @cached_property
    def _ticking(self) -> tuple[Ticking, ...]:
        """All there are: a screen composes its parts once."""
        return tuple(self.query(Ticking))

    def second(self) -> None:
        """Draw what counts seconds, behind a dialogue too, but not while the screen is coming up."""
        if self.is_current and not self.app._batch_count:
            counting = [part for part in self._ticking if part.counts]
            for part in counting:
                part.second()
            paint_at_once((*counting, *self.children))
