"""What a reader needs of a card (ISO/IEC 7816-3 below, 7816-4 above)."""

from typing import Protocol


class Removed(Exception):
    """The card left the reader; raised by `Card` calls, whose answer is then lost."""


class Card(Protocol):
    """A card in a reader; a reader calls it from one thread at a time."""

    @property
    def atr(self) -> bytes:
        """The answer to reset."""

    def power_on(self) -> bytes:
        """Reset: nobody is logged in, the master file is selected; returns the ATR, also when on already."""

    def power_off(self) -> None:
        """Take the power away; files, keys, PINs and retry counters stay."""

    def transmit(self, apdu: bytes) -> bytes:
        """Carry out a command APDU; returns data and the two bytes of status.

        Raises `Removed` if the card is pulled within the command, which may have taken effect or not.
        """
