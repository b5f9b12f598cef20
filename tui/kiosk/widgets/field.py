"""A labelled field: what to type, whether it must be typed, and its own message when it is wrong."""

from collections.abc import Iterable
from typing import Final

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.core.form.kinds import FieldError
from tui.kiosk.text.wording import field_message
from tui.kiosk.widgets.choice import Choice
from tui.kiosk.widgets.line import Line
from tui.kiosk.widgets.words import Words

ENTRY: Final = 21
"""Cells before what is typed: label, blank, bar and blank."""


class Field(Vertical):
    """Label, the widget that takes the answer, and a line for hint or error."""

    class Left(Message):
        """The focus went out of the field: its rule may speak now."""

        def __init__(self, field: "Field") -> None:
            super().__init__()
            self.field = field

        @property
        def control(self) -> "Field":
            """The field itself."""
            return self.field

    def __init__(self, name: str, label: str, entry: Widget, *, required: bool = True, hint: str = "") -> None:
        super().__init__(id=f"field-{name.replace('_', '-')}", name=name)
        self._label, self._required, self._hint = label, required, hint
        self.entry = entry
        self._error = ""

    def compose(self) -> ComposeResult:
        """`* label  [entry]` and the note below the entry."""
        star = Content.styled("* ", "bold") if self._required else Content()
        yield Horizontal(Static(Content.assemble(star, self._label), classes="field-label"), self.entry)
        yield Words(Content(self._hint), classes="field-note")

    @property
    def wrong(self) -> bool:
        """An error stands at the field."""
        return bool(self._error)

    def fail(self, error: FieldError | str | None) -> None:
        """Show the error's words, or the hint again."""
        words = field_message(error) if error else ""
        if words == self._error:
            return
        self._error = words
        self.set_class(self.wrong, "-wrong")
        note = self.query_one(".field-note", Static)
        note.update(Content(f"! {words}" if words else self._hint), layout=False)

    def on_click(self, event: Click) -> None:
        """A tap on the label, the note or the row above is one on the entry; one on a line of text the screen takes."""
        if isinstance(self.entry, Choice):
            event.stop()
            self.entry.tap(event.screen_offset - self.entry.content_region.offset)

    def on_descendant_focus(self) -> None:
        """Bring the note into view as well, not the entry alone."""
        self.call_after_refresh(self.scroll_visible, animate=False)

    def on_descendant_blur(self) -> None:
        """Tell that the field was left."""
        self.post_message(self.Left(self))


class TextField(Field):
    """A field with a line of text; Enter goes on to the next field."""

    def __init__(self, name: str, label: str, *, required: bool = True, hint: str = "", longest: int = 120) -> None:
        line = Line(max_length=longest, compact=True, select_on_focus=False)
        super().__init__(name, label, line, required=required, hint=hint)
        self._line = line

    @property
    def value(self) -> str:
        """What stands in the field, as typed."""
        return self._line.value

    def fill(self, value: str) -> None:
        """Set the text without telling that it was typed; the cursor stands at its end, as after typing."""
        if value != self._line.value:
            with self._line.prevent(Input.Changed):
                self._line.value = value
            self._line.cursor_position = len(value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        event.stop()
        self.screen.focus_next()


def first_wrong(fields: Iterable[Field]) -> Field | None:
    """The first field with an error."""
    return next((field for field in fields if field.wrong), None)
