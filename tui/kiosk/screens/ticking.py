"""Count seconds on a screen: one clock, the app's, drives all that counts them, and one frame shows it."""

from collections.abc import Iterable
from functools import cached_property

from textual.widget import Widget

from tui.kiosk.screens.settling import SettlingScreen
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
            self._paint_parts((*counting, *self.children))

    def _paint_parts(self, parts: Iterable[Widget]) -> None:
        """Paint what these have to say with no message from each of them, no wait for a frame, and all at once."""
        changed = [part for part in parts if part._repaint_required and part in self._compositor.visible_widgets]
        for part in changed:
            part._repaint_required = False
        if changed:
            self._dirty_widgets.update(changed)
            self._on_timer_update()
