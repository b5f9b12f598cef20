"""Choosing: one of several options, and a box to tick. Drawn in ASCII: the stock ones use glyphs of ambiguous width."""

from enum import Enum
from typing import ClassVar

from textual.binding import Binding
from textual.content import Content
from textual.events import Click
from textual.geometry import Offset, Size
from textual.message import Message
from textual.widgets import Static

Key = Enum | int | str
BEFORE, AFTER = "  <  ", "  >  "
"""Of a folded choice, as wide as a finger."""
FEW, ROWS = 2, 32
"""So many options of a dense choice have three rows each in a window of so many rows, more of them in a roomy one."""


class Choice(Static, can_focus=True):
    """One of several options; left, right and space change it, a tap picks it; up, down and Enter leave it alone.

    Where there is room each option has three rows for a finger, a blank one above and below; where it is
    `dense` it takes them only of a window from which all the page fits beside them.
    """

    BINDINGS: ClassVar = [
        Binding("left", "turn(-1)", show=False),
        Binding("right,space", "turn(1)", show=False),
        Binding("enter", "app.focus_next", show=False),
    ]

    class Changed(Message):
        """Another option was picked by the person."""

        def __init__(self, choice: "Choice") -> None:
            super().__init__()
            self.choice = choice

        @property
        def control(self) -> "Choice":
            """The choice itself."""
            return self.choice

    def __init__(self, *, folded: bool = False, dense: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._folded, self._dense = folded, dense
        self._options: tuple[tuple[Key, str], ...] = ()
        self._at = 0

    def offer(self, options: tuple[tuple[Key, str], ...], chosen: Key) -> None:
        """Set the options (value, text) and the one that stands; an unknown one leaves none picked."""
        at = next((i for i, (value, _) in enumerate(options) if value == chosen), -1)
        if (options, at) != (self._options, self._at):
            self._options, self._at = options, at
            self.refresh(layout=True)

    @property
    def value(self) -> Key | None:
        """The picked option's value; None when none is."""
        return self._options[self._at][0] if 0 <= self._at < len(self._options) else None

    def action_turn(self, by: int) -> None:
        """The next or the previous option."""
        if self._options:
            self.pick((self._at + by) % len(self._options) if self._at >= 0 else 0)

    def pick(self, at: int) -> None:
        """This option, by the person."""
        if at != self._at:
            self._at = at
            self.refresh(layout=True)
            self.post_message(self.Changed(self))

    def tap(self, at: Offset) -> None:
        """A finger came down at this cell, or beside it above or below; the first cell of the options is 0, 0."""
        self.focus()
        if not self._folded:
            self.pick(min(max(0, (at.y + self._rows // 2) // self._rows), len(self._options) - 1))
        elif 0 <= at.x < len(BEFORE):
            self.action_turn(-1)
        elif 0 <= at.x - len(BEFORE) - self._middle.cell_length < len(AFTER):
            self.action_turn(1)

    def on_click(self, event: Click) -> None:
        """Also where it stands in no `Field`."""
        event.stop()
        self.tap(event.screen_offset - self.content_region.offset)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Rows of the options; the blank ones above the first and below the last are the field's."""
        return 1 if self._folded else max(1, self._rows * (len(self._options) - 1) + 1)

    def render(self) -> Content:
        """All options below each other, or the picked one between arrows."""
        if not self._folded:
            return Content("\n" * self._rows).join([self._drawn(i, text) for i, (_, text) in enumerate(self._options)])
        count = f" {self._at + 1}/{len(self._options)}" if self._options else ""
        arrow = "bold $on-key on $key"
        return Content.assemble((BEFORE, arrow), self._middle, (AFTER, arrow), count)

    def _drawn(self, at: int, text: str) -> Content:
        if at != self._at:
            return Content(f"( ) {text}")
        return Content.styled(f"(*) {text}", "bold reverse" if self.has_focus else "bold")

    @property
    def _middle(self) -> Content:
        text = self._options[self._at][1] if 0 <= self._at < len(self._options) else ""
        return Content.styled(f" {text} ", "bold reverse" if self.has_focus else "bold")

    @property
    def _rows(self) -> int:
        has_room = not self.screen.has_class("-small")
        if self._dense and not self.screen.has_class("-roomy"):
            has_room = len(self._options) <= FEW and self.app.size.height >= ROWS
        return 3 if has_room else 1


class Tick(Static, can_focus=True):
    """A box to tick, with Enter, Space or a click."""

    BINDINGS: ClassVar = [Binding("enter,space", "flip", show=False)]

    class Changed(Message):
        """Ticked or not any more."""

        def __init__(self, tick: "Tick") -> None:
            super().__init__()
            self.tick = tick

        @property
        def control(self) -> "Tick":
            """The box itself."""
            return self.tick

    def __init__(self, text: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._text = text
        self._ticked = False

    @property
    def ticked(self) -> bool:
        """Whether the box is ticked."""
        return self._ticked

    @ticked.setter
    def ticked(self, value: bool) -> None:
        if value != self._ticked:
            self._ticked = value
            self.refresh()
            self.post_message(self.Changed(self))

    def action_flip(self) -> None:
        """Tick, or take the tick away."""
        self.ticked = not self._ticked

    def on_click(self) -> None:
        """The whole line is the box."""
        self.action_flip()

    def render(self) -> Content:
        """Box and words."""
        line = Content(f" {'[x]' if self._ticked else '[ ]'} {self._text} ")
        return line.stylize("bold reverse") if self.has_focus or self.has_class("-lit") else line
