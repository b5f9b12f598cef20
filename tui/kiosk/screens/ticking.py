"""Count seconds on a screen: one clock, the app's, drives all that counts them, and one frame shows it."""

from functools import cached_property
from typing import Final

from textual._compositor import ChopsUpdate
from textual.geometry import Region

from tui.kiosk.screens.settling import SettlingScreen
from tui.kiosk.widgets.at_once import paint_at_once
from tui.kiosk.widgets.ticking import Ticking

_NOWHERE: Final = Region(), Region()


class TickingScreen(SettlingScreen, inherit_bindings=False):
    """Told by the app that a second is over: a timer of each part would wake the program once more for it."""

    @cached_property
    def _ticking(self) -> tuple[Ticking, ...]:
        """All there are: a screen composes its parts once."""
        return tuple(self.query(Ticking))

    def second(self) -> None:
        """Draw what counts seconds, behind a dialogue too, but not while the screen is coming up."""
        if self.is_current and not self.app._batch_count:
            said = [part for part in self._ticking if part.counts and part.second()]
            if not (said and self._painted_alone(*said)):
                for part in said:
                    part.refresh()
                paint_at_once((*said, *self.children))

    def _painted_alone(self, line: Ticking, *more: Ticking) -> bool:
        """Whether all that has changed was a line over which nothing lies, and was painted.

        Past Textual's compositor, which draws for any change lists of all lines, and is told of it by a message.
        """
        region, clip = self._compositor.visible_widgets.get(line, _NOWHERE)
        waits = more or self._dirty_widgets or self._layout_required or any(p._repaint_required for p in self.children)
        if waits or self.app.screen is not self or not region or not clip.contains_region(region):
            return False
        (x, y), end = region.offset, region.right
        drawn = line.line(region.width)
        self.app._display(self, ChopsUpdate([{}] * y + [{x: drawn}], [(y, x, end)], [[]] * y + [[end]]))
        return True
