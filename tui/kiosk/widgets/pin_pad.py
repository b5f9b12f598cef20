"""The prompt for the CA密码: bytes go from the key straight into a `Pin`, nothing of them into any message or text."""

from random import SystemRandom

from textual import events
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from tui.core.secret import Pin
from tui.kiosk.text import _
from tui.kiosk.widgets.secret_field import SecretField

LONGEST = 64
"""Bytes; more is refused even where the driver states no sensible maximum."""


class PinEntry(SecretField[Pin]):
    """A secret field that takes ASCII up to the token's limit, and only from keys: a clipboard would keep the PIN."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(Pin, id=id)
        self._longest = LONGEST

    def limit(self, longest: int) -> None:
        """Accept `longest` bytes at most."""
        self._longest = longest if 0 < longest < LONGEST else LONGEST

    def on_paste(self, event: events.Paste) -> None:
        """Refused."""
        event.stop()
        event.prevent_default()

    def on_hide(self) -> None:
        """Nothing stays behind a hidden prompt."""
        self.wipe()

    def _append(self, text: str) -> None:
        if text.isascii() and text.isprintable() and self.length + len(text) <= self._longest and not self.disabled:
            super()._append(text)


class Keypad(Static):
    """Digits for mouse and touch, in another order each time so that nobody learns the PIN from the movement."""

    def __init__(self, entry: PinEntry, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._entry = entry
        self._digits = list("1234567890")

    def shuffle(self) -> None:
        """Another order."""
        SystemRandom().shuffle(self._digits)
        self.refresh()

    def action_press(self, at: int) -> None:
        """The digit at a place was clicked; the action names the place, never the digit."""
        self._entry.put(self._digits[at])
        self._entry.focus()

    def action_erase(self) -> None:
        """退格."""
        self._entry.erase_last()
        self._entry.focus()

    def action_clear_all(self) -> None:
        """清空."""
        self._entry.wipe()
        self._entry.focus()

    def render(self) -> Content:
        """Four rows of keys."""
        keys = [_key(f"  {digit}  ", f"press({at})") for at, digit in enumerate(self._digits)]
        # Translators: key of the PIN pad that erases all; six letters at most.
        last = [_key(_("清空"), "clear_all"), keys[9], _key(_("退格"), "erase")]
        rows = [keys[0:3], keys[3:6], keys[6:9], last]
        return Content("\n\n").join([Content("  ").join(row) for row in rows])


def _key(label: str, action: str) -> Content:
    width = 7 - Content(label).cell_length
    face = " " * (width // 2) + label + " " * (width - width // 2)
    return Content.styled(face, "bold $foreground on $raised").stylize(Style.from_meta({"@click": action}))
