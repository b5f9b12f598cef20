"""Foreign text (certificates, desk, gateways) made harmless before anybody shows or logs it."""

import re
import unicodedata
from functools import cache
from typing import Final

HAN: Final = "\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002fffd\U00030000-\U0003fffd"
"""Han for a regular expression's set: 々, 〇, the BMP's ideographs, and planes 2 and 3 with what is yet to come."""
LONGEST: Final = 60_000
"""Characters of a whole document."""
_MASKED_DIGITS = re.compile(r"\d{7,}[\dXx]?")
_MASKED_MAIL = re.compile(r"([\w.+-])[\w.+-]*(@[\w.-]+)")


def printable(text: str, limit: int = 400) -> str:
    """`text` without control, format, surrogate and private-use characters, blanks folded, cut at `limit`."""
    if not text.isprintable():  # the blank is the only one of its kind that is
        text = "".join(" " if c.isspace() else c for c in text if c.isspace() or _is_visible(c))
    folded = " ".join(text.split())
    return folded if len(folded) <= limit else folded[: limit - 1] + "…"


def paragraphs(text: str) -> str:
    """Like `printable`, but line breaks stay, and it is cut at `LONGEST`: for notices and agreements."""
    return "\n".join(printable(line, LONGEST) for line in text[:LONGEST].splitlines())


def mask(value: str, head: int = 3, tail: int = 2) -> str:
    """Personal data with its middle starred: `138******78`."""
    if len(value) <= head + tail:
        return "*" * len(value)
    return value[:head] + "*" * (len(value) - head - tail) + value[len(value) - tail :]


def masked(text: str) -> str:
    """A sentence for the log with every long number and mail address starred."""
    text = _MASKED_DIGITS.sub(lambda found: mask(found[0]), text)
    return _MASKED_MAIL.sub(r"\1***\2", text) if "@" in text else text  # else each word is tried from each character


def is_han(character: str) -> bool:
    """Whether it is written in Chinese names and texts."""
    return _han().fullmatch(character) is not None


@cache
def _han() -> re.Pattern[str]:
    """Compiled when it is first asked for: milliseconds that the first screen and a driver's process need."""
    return re.compile(f"[{HAN}]")


def is_newer_han(character: str) -> bool:
    """In the planes of Han characters and unknown to this Python: extensions H, I and further came later."""
    return character >= "\U00020000" and is_han(character) and unicodedata.category(character) == "Cn"


def _is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] != "C" or is_newer_han(character)
