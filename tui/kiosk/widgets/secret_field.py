"""A one-line field whose content never becomes a str: characters go straight into a wipeable secret."""

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual import events
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.core.secret import Secret
from tui.kiosk.widgets.edge import edged

if TYPE_CHECKING:
    from tui.kiosk.widgets.line import Serving

S = TypeVar("S", bound=Secret)

MAX_LENGTH = 64
"""Characters; more are not taken."""


class SecretField(Widget, Generic[S], can_focus=True):
    """Shows one dot a character; backspace, ctrl+u and paste work; `take` moves the secret out."""

    served_by: "Serving | None" = None
    dot: ClassVar[str] = "▪"
    """Narrow in every terminal (UAX 11: neutral), unlike "•" and "●"; "*" where the font may lack it."""

    class Told(Message):
        """Something about a field; carries no content."""

        def __init__(self, field: "SecretField[Secret]") -> None:
            super().__init__()
            self.field = field

        @property
        def control(self) -> "SecretField[Secret]":
            """For `@on(SecretField.Submitted, "#id")`."""
            return self.field

    class Submitted(Told):
        """Enter was pressed."""

    class Changed(Told):
        """The number of characters changed."""

    def __init__(self, kind: type[S], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._secret: S = kind()

    @property
    def length(self) -> int:
        """Number of characters typed."""
        return len(self._secret)

    def take(self) -> S:
        """The secret, moved out; the field is empty afterwards."""
        taken = self._secret.take()
        self.refresh()
        return taken

    def wipe(self) -> None:
        """Overwrite and empty."""
        self._secret.wipe()
        self.refresh()

    def put(self, text: str) -> None:
        """Add one character, as its key does."""
        self._append(text)

    def erase_last(self) -> None:
        """Drop one character, as backspace does."""
        self._secret.erase_last()
        self._changed()

    def clear_all(self) -> None:
        """Drop all characters."""
        self._secret.wipe()
        self._changed()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Textual's, with its edge."""
        return edged(self, crop, super().render_lines(crop))

    def render(self) -> Content:
        """Dots, and a caret while focused; the end stays in view."""
        marks = self._marks(max(0, self.content_size.width - 1))
        caret = self.app.theme_variables["input-cursor-text-style"]
        return Content.assemble(marks, (" ", caret)) if self.has_focus else Content(marks)

    def on_key(self, event: events.Key) -> None:
        """Take printable characters and the editing keys; leave the others to the screen."""
        match event.key:
            case "enter":
                self.post_message(self.Submitted(self))  # type: ignore[arg-type]
            case "escape" if self.served_by is not None:
                self.served_by.takes(event.key, None)
            case "backspace" | "ctrl+h":
                self.erase_last()
            case "ctrl+u" | "ctrl+w":
                self.clear_all()
            case "left" | "right":
                pass  # its end is the only place to type at; the field is left by the keys that leave any field
            case _ if event.is_printable and event.character:
                self._append(event.character)
            case _:
                return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Take the printable characters of what was pasted."""
        event.stop()
        self._append("".join(character for character in event.text if character.isprintable()))

    def on_unmount(self) -> None:
        """A field that is gone holds nothing."""
        self._secret.wipe()

    def _marks(self, room: int) -> str:
        """What stands for the characters, in `room` cells at most."""
        return self.dot * min(self.length, room)

    def _append(self, text: str) -> None:
        room = MAX_LENGTH - self.length
        self._secret.append(text[:room].encode())
        self._changed()

    def _changed(self) -> None:
        self.refresh()
        self.post_message(self.Changed(self))  # type: ignore[arg-type]
