"""A key that somebody swaps for another, between two commands or in the middle of one."""

import threading
from dataclasses import dataclass, field

from tests.rig.card.port import Card, Removed
from tests.rig.pcsc.bus import Bus


@dataclass(slots=True)
class Swapped:
    """`port.Card` that makes room for another one at a chosen command."""

    card: Card
    bus: Bus
    port: str
    other: Card
    instruction: int
    """The first command with this instruction byte while `armed`."""
    replies: bool = True
    """The command is carried out and its reply still arrives; else the card never hears it."""
    armed: bool = False
    _without_power: threading.Event = field(default_factory=threading.Event)

    @property
    def atr(self) -> bytes:
        """The answer to reset."""
        return self.card.atr

    def power_on(self) -> bytes:
        """Reset."""
        return self.card.power_on()

    def power_off(self) -> None:
        """The bus has let go of this card."""
        self.card.power_off()
        self._without_power.set()

    def transmit(self, apdu: bytes) -> bytes:
        """Carry out a command; with the chosen one the other card takes this one's place."""
        if not self.armed or apdu[1] != self.instruction:
            return self.card.transmit(apdu)
        self.armed = False
        reply = self.card.transmit(apdu) if self.replies else b""
        # Not from here: a pull waits for the command under way to end.
        threading.Thread(target=self.bus.pull, args=(self.port,)).start()
        self._without_power.wait()
        self.bus.plug(self.port, self.other)
        if not self.replies:
            raise Removed
        return reply
