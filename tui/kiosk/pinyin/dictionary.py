"""What can be typed by its sound: words, characters, surnames and given names in one block of sorted lines."""

import lzma
import re
from collections.abc import Iterator
from enum import Enum
from typing import Final

from tui.core.frozen import frozen
from tui.kiosk.pinyin.syllables import Parts, is_whole
from tui.process.resources import ASSETS

PATH: Final = ASSETS / "pinyin" / "dictionary.bin"
"""Made by `python -m tests.kiosk.pinyin.build`, which says how it is written."""
MOST: Final = 200
"""Words of one sound that are looked at."""

_WORD: Final = re.compile(r"([^A-Za-z]+)([A-Za-z])")


class Kind(Enum):
    """Which lines: the mark before their sound."""

    WORD = ""
    SURNAME = "^"
    GIVEN_NAME = "~"


@frozen
class Word:
    """A word, or one character."""

    text: str
    weight: float
    """Logarithm to the base 2 of how often it is found."""


class Dictionary:
    """Sorted lines in one block of bytes, looked up by bisection: no object a word."""

    def __init__(self, lines: bytes) -> None:
        self._lines = lines

    def words(self, parts: Parts, kind: Kind = Kind.WORD) -> list[Word]:
        """What sounds like `parts`, the most frequent first; a part that is only begun stands for all it may become."""
        found = [word for weighed, _seldom in self._found(parts, kind) for word in _weighed(weighed)]
        return sorted(found, key=lambda word: -word.weight)[:MOST]

    def seldom(self, part: str) -> str:
        """Characters of one syllable that no frequent word has, newer ones of GB 18030 among them."""
        return "".join(seldom for _weighed, seldom in self._found((part,), Kind.WORD)) if is_whole(part) else ""

    def _found(self, parts: Parts, kind: Kind) -> Iterator[tuple[str, str]]:
        if all(map(is_whole, parts)):
            begin = self._first(f"{kind.value}{chr(39).join(parts)}\t".encode())
            pattern = re.escape(f"{kind.value}{chr(39).join(parts)}")
        else:
            begin = self._first(f"{kind.value}{parts[0]}".encode())
            pattern = re.escape(kind.value) + "'".join(p if is_whole(p) else p + "[a-z]*" for p in parts)
        end = self._first(f"{kind.value}{parts[0]}".encode() + b"\x7f")
        for line in re.compile(rf"(?m)^{pattern}\t(.*)\t(.*)$".encode()).finditer(self._lines, begin, end):
            yield line[1].decode(), line[2].decode()
            if all(map(is_whole, parts)):
                return

    def _first(self, key: bytes) -> int:
        """Where the first line stands that is not before `key`."""
        low, high = 0, len(self._lines)
        while low < high:
            middle = self._lines.rfind(b"\n", 0, (low + high) // 2) + 1
            end = self._lines.find(b"\n", middle) + 1
            if self._lines[middle : middle + len(key)] < key:
                low = end
            else:
                high = middle
        return low


def _weighed(words: str) -> Iterator[Word]:
    for text, letter in _WORD.findall(words):
        place = ord(letter) - ord("A") if letter <= "Z" else ord(letter) - ord("a") + 26
        yield Word(text, place / 2)


def load() -> Dictionary:
    """Read the file: 0.1 s, so not in the event loop."""
    head_and_body = PATH.read_bytes()
    return Dictionary(lzma.decompress(head_and_body[head_and_body.index(b"\0") + 1 :]))
