"""Check characters of the numbers that people and companies have in China."""

from typing import Final

_MOD_11: Final = "0123456789X"
_MOD_31: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Without I, O, S, V, Z (GB 32100-2015, 4.1)."""
TENS: Final = str.maketrans("Ⅹ×✕✖╳ХΧ", "XXXXXXX")
"""The Roman ten that X stands for (GB 11643, 5.5), what input methods offer for it, and the letters that look alike."""


def of_citizen_number(digits: str) -> str:
    """The 18th character after 17 digits (GB 11643-1999; ISO 7064 MOD 11-2)."""
    rest = 0
    for digit in digits:
        rest = 2 * (rest + int(digit)) % 11
    return _MOD_11[(1 - rest) % 11]


def of_credit_code(characters: str) -> str:
    """The 18th character after 17 of a 统一社会信用代码 (GB 32100-2015, appendix B; weights are powers of 3 mod 31)."""
    total = sum(_MOD_31.index(character) * pow(3, place, 31) for place, character in enumerate(characters))
    return _MOD_31[-total % 31]
