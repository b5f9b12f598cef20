"""What a reader needs of a card (ISO/IEC 7816-3 below, 7816-4 above)."""

from typing import Protocol


class Removed(Exception):  # noqa: N818 - an event, no error
    """The card left the reader within a command; the reply is lost, the command may have taken effect or not."""

    def __init__(self, returns_after: float | None = None) -> None:
        super().__init__("card removed")
        self.returns_after = returns_after
        """Seconds after which the reader puts the same card in again; None: it stays out."""


class Card(Protocol):
    """A card in a reader.

    A reader calls it from one thread at a time, with one exception: `power_off` may come from another thread
    while `transmit` runs. The card was then pulled, `transmit` raises `Removed`, and what had not yet taken
    effect does not.
    """

    @property
    def atr(self) -> bytes:
        """The answer to reset."""

    def power_on(self) -> bytes:
        """Reset, also when on already: nobody is logged in, the master file is selected; returns the ATR."""

    def power_off(self) -> None:
        """Take the power away; files, keys, PINs and retry counters stay."""

    def transmit(self, apdu: bytes) -> bytes:
        """Carry out a command APDU; returns data and the two bytes of status.

        :raises Removed: the card was pulled before the reply.
        """
