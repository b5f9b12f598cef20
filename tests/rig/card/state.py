"""What a card keeps without power."""

from dataclasses import dataclass, field

from tests.rig.card.files import File, blank
from tests.rig.card.pins import PinRecord

CAPACITY = 64 * 1024
"""Bytes of room that a card has unless a test says otherwise."""


@dataclass(slots=True)
class CardState:
    """Files, keys, PINs and counters; `copy.deepcopy` gives another card just like it."""

    serial: bytes = bytes.fromhex("00000000000000000001")
    """Ten bytes."""
    capacity: int = CAPACITY
    root: File = field(default_factory=blank)
    activated: bool = False
    """Access conditions hold."""
    pins: dict[int, PinRecord] = field(default_factory=dict, repr=False)
    changes: int = 0
    """How often files or keys have been written; OpenSC's cache knows old copies by it from 0.24 on."""

    @property
    def room(self) -> int:
        """Bytes that are free."""
        return self.capacity - sum(file.room for file in self.root.walk())

    def erase(self, access: bytes) -> None:
        """Forget everything but the serial number; `access` as `blank` takes it."""
        self.root, self.activated = blank(access), False
        self.pins.clear()
