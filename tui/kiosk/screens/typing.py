"""What every screen with fields can do: show the keyboard for whoever has no other, and put it away."""

from functools import cached_property
from typing import TYPE_CHECKING, cast

from textual import events
from textual.dom import DOMNode
from textual.geometry import Size
from textual.widget import Widget

from tui.kiosk.hands import Hands
from tui.kiosk.screens.ticking import TickingScreen
from tui.kiosk.widgets.body import Body
from tui.process.resources import ASSETS

if TYPE_CHECKING:  # the first screen has neither fields nor keyboard
    from tui.kiosk.widgets.keyboard.keyboard import Entry, Keyboard

SHEET = ASSETS / "styles" / "keyboard.tcss"
TYPING = "-typing"
"""Class of a screen whose keyboard is shown."""


def _is_open(entry: "Entry") -> bool:
    return entry.focusable and all(around.display for around in entry.ancestors_with_self if isinstance(around, Widget))


class TypingScreen(TickingScreen, inherit_bindings=False):
    """The keyboard comes with a tap on a field, or by F2; it goes when something else is tapped or gets the focus.

    Whoever types on a real keyboard is shown none until the next person comes, but by F2.
    """

    def __init__(self, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._keyboard: Keyboard | None = None
        self._asked_for = False
        """It was opened by F2: keys of a real keyboard leave it where it is."""
        self._pressed = self._going = False

    @property
    def entries(self) -> "list[Entry]":
        """The fields that can be typed into now."""
        return [entry for entry in self._fields if _is_open(entry)]

    @property
    def has_entries(self) -> bool:
        """Whether there is any; asked at every change of the state."""
        return any(_is_open(entry) for entry in self._fields)

    @cached_property
    def _fields(self) -> "tuple[Entry, ...]":
        """All there are: a screen composes its fields once."""
        return cast("tuple[Entry, ...]", tuple(self.query("Line, SecretField")))

    @property
    def is_typing(self) -> bool:
        """Whether the keyboard is shown."""
        return self.has_class(TYPING)

    # ── it comes ────────────────────────────────────────────────────────────
    def action_keyboard(self) -> None:
        """F2: show it for the field at hand, or the first one; put it away."""
        if self.is_typing:
            self.app.call_later(self._put_away)
            return
        at_hand = [entry for entry in self.entries if entry is self.focused] or self.entries
        if at_hand:
            self._asked_for = True
            at_hand[0].focus()
            self.app.call_later(self._show_for, at_hand[0])

    def on_click(self, event: events.Click) -> None:
        """A tap on a field, or on the words beside it."""
        tapped, _region = self.get_widget_at(*event.screen_offset)
        if (entry := self._entry_at(tapped)) is None:
            return
        entry.focus()
        if not self.is_typing and self._comes_by_itself():
            self.app.call_later(self._show_for, entry)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The keyboard follows from field to field."""
        if (entry := self._field_of(event.widget)) is not None:
            if self.is_typing or (self._hands.without_keys and self._comes_by_itself()):
                self.app.call_later(self._show_for, entry)
        elif self.is_typing and self._pressed:
            self._going = True  # what is under the finger must not move before it is let go
        elif self.is_typing:
            self.app.call_later(self._put_away)

    async def _show_for(self, entry: "Entry") -> None:
        """In the app's task: lay all out and paint it at once."""
        if self.focused is not entry or not self.is_current:
            return
        from tui.kiosk.widgets.keyboard.keyboard import Keyboard

        with self.app.batch_update():
            if not self.app.stylesheet.has_source(str(SHEET), ""):
                self.app.stylesheet.read(SHEET)
                self.app.stylesheet.reparse()
                self.app.stylesheet.update(self.app)
            if self._keyboard is None:
                self._keyboard = Keyboard()
                await self.mount(self._keyboard, before="KeyLine")
            self._keyboard.serve(entry, shuffled=self._hands.shuffled)
            self._keyboard.resize()
            self._keyboard.display = True
            self.add_class(TYPING)
            await self.lay_out()
            self.query_one(Body).show_focused()
            await self.lay_out()
        self._on_timer_update()

    def _screen_resized(self, size: Size) -> None:
        """Its keys fit the new window before that is laid out, behind a dialogue too."""
        if self._keyboard is not None:
            self._keyboard.resize()
        super()._screen_resized(size)

    # ── it goes ─────────────────────────────────────────────────────────────
    def on_keyboard_hidden(self) -> None:
        """收起, or Esc."""
        self.app.call_later(self._put_away)

    def typed_on_keys(self) -> None:
        """Somebody types on a real keyboard; letters for the composition may come from there, too."""
        if self.is_typing and not self._asked_for and self._keyboard is not None and not self._keyboard.composes:
            self.app.call_later(self._put_away)

    async def _put_away(self) -> None:
        with self.app.batch_update():
            self.put_keyboard_away()
            await self.lay_out()
        self._on_timer_update()

    def put_keyboard_away(self) -> None:
        """Hide it; nothing of what was being composed stays."""
        self._asked_for = self._going = False
        if self._keyboard is not None:
            self._keyboard.let_go()
            self._keyboard.display = False
            self.remove_class(TYPING)

    def _forward_event(self, event: events.Event) -> None:
        """Know whether a finger or a button of the mouse is down."""
        if isinstance(event, events.MouseDown):
            self._pressed = True
        super()._forward_event(event)
        if isinstance(event, events.MouseUp):
            self._pressed = False
            if self._going:
                self.app.call_later(self._put_away)

    # ── when ────────────────────────────────────────────────────────────────
    @property
    def _hands(self) -> Hands:
        app: object = self.app
        known = getattr(app, "hands", None)
        return known if isinstance(known, Hands) else Hands()

    def _comes_by_itself(self) -> bool:
        """Not to who types on a real keyboard, nor where the CA密码 has its own pad beside it."""
        return not self._hands.on_keys and not any(pad.display for pad in self.query("Keypad"))

    def _field_of(self, widget: DOMNode) -> "Entry | None":
        return next((field for field in self._fields if field is widget), None)

    def _entry_at(self, widget: Widget) -> "Entry | None":
        """The field that was tapped: itself, or the only one of the row or frame around."""
        for around in widget.ancestors_with_self:
            if (entry := self._field_of(around)) is not None:
                return entry
            if around.id == "body" or around is self:
                return None
            inside = [e for e in self.entries if around in e.ancestors]
            if inside:
                return inside[0] if len(inside) == 1 else None
        return None
