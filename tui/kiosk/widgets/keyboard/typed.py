"""What is typed into a field, and with it the keys that the keyboard shows first."""

from enum import Enum

from textual.widget import Widget

from tui.kiosk.widgets.field import Field
from tui.kiosk.widgets.pin_pad import PinEntry
from tui.kiosk.widgets.secret_field import SecretField


class Typed(Enum):
    """The kinds of text that people type here."""

    NUMBER = "number"
    """Of a telephone or an identity document: digits and X first."""
    LATIN = "latin"
    """An account, an address of e-mail."""
    CAPITALS = "capitals"
    """The number of a taxpayer: digits and capital letters."""
    HAN = "han"
    """An address, a firm: by sound first."""
    NAME = "name"
    """A person's name: by sound first, surnames before all else."""
    PASSWORD = "password"
    PIN = "pin"
    """The CA密码: where the settings want it so, its digits stand in another order each time."""

    @property
    def by_sound(self) -> bool:
        """Whether Han characters can be typed."""
        return self in (Typed.HAN, Typed.NAME)


FIELDS = {
    "id_number": Typed.NUMBER,
    "agent_name": Typed.NAME,
    "agent_mobile": Typed.NUMBER,
    "agent_email": Typed.LATIN,
    "recipient_name": Typed.NAME,
    "recipient_mobile": Typed.NUMBER,
    "recipient_address": Typed.HAN,
    "tax_number": Typed.CAPITALS,
    "title": Typed.HAN,
}
"""By the field's name; any other text is Latin."""


def typed_into(entry: Widget) -> Typed:
    """What is typed into this widget."""
    if isinstance(entry, PinEntry):
        return Typed.PIN
    if isinstance(entry, SecretField):
        return Typed.PASSWORD
    field = next((around for around in entry.ancestors if isinstance(around, Field)), None)
    return FIELDS.get((field.name if field else None) or "", Typed.LATIN)
