"""Choosing: one of several options, and a box to tick. Drawn in ASCII: the stock ones use glyphs of ambiguous width."""

from enum import Enum
from typing import ClassVar

from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Static

Key = Enum | int | str


class Choice(Static, can_focus=True):
    """One of several options; left, right and space change it, a click picks it; up, down and Enter leave it alone."""

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

    def __init__(self, *, folded: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._folded = folded
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
            self.action_pick((self._at + by) % len(self._options) if self._at >= 0 else 0)

    def action_pick(self, at: int) -> None:
        """The option that was clicked."""
        self.focus()
        if at != self._at:
            self._at = at
            self.refresh(layout=True)
            self.post_message(self.Changed(self))

    def render(self) -> Content:
        """All options, one a row, or the picked one between arrows."""
        if self._folded:
            return self._drawn_folded()
        return Content("\n").join([self._drawn(i, text) for i, (_, text) in enumerate(self._options)])

    def _drawn(self, at: int, text: str) -> Content:
        picked = at == self._at
        mark = "(*)" if picked else "( )"
        option = Content(f"{mark} {text}").stylize(_click(f"pick({at})"))
        if picked:
            return option.stylize("bold reverse" if self.has_focus else "bold")
        return option

    def _drawn_folded(self) -> Content:
        text = self._options[self._at][1] if 0 <= self._at < len(self._options) else ""
        middle = Content.styled(f" {text} ", "bold reverse" if self.has_focus else "bold")
        count = f"  {self._at + 1}/{len(self._options)}" if self._options else ""
        before, after = Content(" < ").stylize(_click("turn(-1)")), Content(" > ").stylize(_click("turn(1)"))
        return Content.assemble(before, middle, after, count)


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
        return line.stylize("bold reverse") if self.has_focus else line


def _click(action: str) -> Style:
    return Style.from_meta({"@click": action})
