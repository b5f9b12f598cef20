"""A card that misbehaves on command: slow, pulled out at a chosen moment, with keys made before."""

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.rig.card import keys
from tests.rig.card.files import Kind
from tests.rig.card.myeid import MyEid
from tests.rig.card.port import Removed
from tests.rig.card.state import CardState

_GENERATE = 0x46
_SECRET = {0x20, 0x24, 0x2C, 0xDA}
"""Commands whose data is a PIN or a key: VERIFY, CHANGE, RESET RETRY COUNTER, PUT DATA."""


@dataclass(frozen=True, slots=True)
class Pull:
    """The card leaves the reader at a chosen command."""

    at: int
    """Which command that fits, counted from the moment of arming, 1 for the first."""
    takes_effect: bool = False
    """The command is carried out and its reply lost; else the card never hears it."""
    instruction: int | None = None
    """Count only this instruction byte; None: all commands."""
    returns_after: float | None = None
    """Seconds after which it is put in again; None: it stays out."""


@dataclass(slots=True)
class Manners:
    """What a test may change at any time."""

    delay: float = 0.0
    """Seconds that each command takes; 0.025 is a real key's speed."""
    generation: float = 0.0
    """Seconds that making a key takes, besides the work itself."""
    ready_keys: list[keys.PrivateKey] = field(default_factory=list, repr=False)
    """Taken in turn, where kind and size fit, instead of making a key."""


class UnrulyCard:
    """`port.Card` that misbehaves on command; everything it was asked is in `log`."""

    def __init__(
        self, state: CardState | None = None, manners: Manners | None = None, ready_keys: Iterable[keys.PrivateKey] = ()
    ) -> None:
        self.manners = manners or Manners()
        self.manners.ready_keys.extend(ready_keys)
        self.card = MyEid(state, self._make_key)
        self.log: list[str] = []
        """Each command in hexadecimal with the status of its reply; secret data as stars."""
        self.generating = threading.Event()
        """Set when the card begins to make a key."""
        self._armed: Pull | None = None
        self._wanted: Pull | None = None
        self._counted = 0
        self._without_power = threading.Event()
        self._working = threading.Lock()

    @property
    def atr(self) -> bytes:
        """The answer to reset."""
        return self.card.atr

    @property
    def count(self) -> int:
        """Commands since the card was made."""
        return len(self.log)

    @property
    def has_fallen_out(self) -> bool:
        """The pull that it was armed with has come."""
        return self._wanted is not None and self._armed is None

    def arm(self, pull: Pull | None) -> None:
        """Count from now on; None disarms."""
        self._counted, self._armed, self._wanted = 0, pull, pull

    def power_on(self) -> bytes:
        """Reset."""
        with self._working:
            self._without_power.clear()
            return self.card.power_on()

    def power_off(self) -> None:
        """Interrupt what is being waited for and what has not yet begun."""
        self._without_power.set()
        with self._working:
            self.card.power_off()

    def transmit(self, apdu: bytes) -> bytes:
        """Carry out a command in its time.

        :raises Removed: the card is pulled before the reply.
        """
        pull = self._due(apdu)
        self.log.append(_starred(apdu))
        seconds = self.manners.delay
        if apdu[1] == _GENERATE:
            self.generating.set()
            # A card that is pulled at this command does not work on it to its end.
            seconds += 0.0 if pull else self.manners.generation
        if self._without_power.wait(seconds) or (pull and not pull.takes_effect):
            raise Removed(pull.returns_after if pull else None)
        with self._working:
            if self._without_power.is_set():
                raise Removed
            reply = self.card.transmit(apdu)
        if pull:
            raise Removed(pull.returns_after)
        self.log[-1] += f" > {reply[-2:].hex()}"
        return reply

    def _due(self, apdu: bytes) -> Pull | None:
        pull = self._armed
        if pull is None or pull.instruction not in (None, apdu[1]):
            return None
        self._counted += 1
        if self._counted < pull.at:
            return None
        self._armed = None
        return pull

    def _make_key(self, kind: Kind, bits: int) -> keys.PrivateKey:
        ready = self.manners.ready_keys
        for index, key in enumerate(ready):
            if keys.fits(key, kind, bits):
                return ready.pop(index)
        return keys.generate(kind, bits)


def _starred(apdu: bytes) -> str:
    text = apdu.hex()
    if apdu[1] in _SECRET and len(apdu) > 5:
        return text[:10] + re.sub(".", "*", text[10:])
    return text
