"""What a new PIN of a token's user must be, by the token's word and by ours."""

from enum import StrEnum
from itertools import pairwise
from typing import Final

from tui.core.certificate import Token
from tui.core.frozen import frozen
from tui.core.secret import Pin

_FLOOR: Final = 6
"""Characters at least, where the token takes so many."""


class PinFlaw(StrEnum):
    """Why a new PIN is not even sent to the token."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    UNTYPABLE = "untypable"
    """Not of the characters that every keyboard has: an arrow key, an input method."""
    ONE_CHARACTER = "one_character"
    """111111 and like."""
    SEQUENCE = "sequence"
    """123456, 654321, abcdef and like."""
    UNCHANGED = "unchanged"
    """The old one again."""
    DIFFERENT = "different"
    """Typed the second time it is another one."""


@frozen
class PinRule:
    """How long it must be, in bytes."""

    shortest: int
    longest: int
    """0 where the token does not say."""

    def flaw(self, new: Pin, old: Pin | None = None) -> PinFlaw | None:
        """What is wrong with a new PIN; None when the token may see it."""
        with new.reveal() as typed:
            if len(typed) < self.shortest:
                return PinFlaw.TOO_SHORT
            if self.longest and len(typed) > self.longest:
                return PinFlaw.TOO_LONG
            if not all(0x20 < octet < 0x7F for octet in typed):
                return PinFlaw.UNTYPABLE
            steps = {after - before for before, after in pairwise(typed)}
            if steps in ({0}, set()):
                return PinFlaw.ONE_CHARACTER
            if steps in ({1}, {-1}):
                return PinFlaw.SEQUENCE
        return PinFlaw.UNCHANGED if old is not None and same(new, old) else None


def pin_rule(token: Token) -> PinRule:
    """The token's limits, and six characters where it takes so many."""
    return PinRule(max(1, token.pin_min, min(_FLOOR, token.pin_max or _FLOOR)), token.pin_max)


def is_typable(pin: Pin) -> bool:
    """Whether every keyboard has its characters: for an arrow key the token would count a try."""
    with pin.reveal() as typed:
        return all(0x20 <= octet < 0x7F for octet in typed)


def same(one: Pin, other: Pin) -> bool:
    """Whether two PINs are equal; neither is copied."""
    with one.reveal() as left, other.reveal() as right:
        return left == right
