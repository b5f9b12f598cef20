"""Read text whose string type does not tell its encoding, by what names are made of.

CAs of the mainland write GBK, of Taiwan and Hong Kong Big5, others Latin-1 (which OpenSSL calls T61String), and each
can be read as the others: the reading with the fewest characters that are strange in names of its encoding is taken.
"""

import codecs
import re
import unicodedata
from collections.abc import Callable
from typing import Final

from tui.core.text_safety import HAN

_HEAD_START = 1
"""GBK may be stranger by one character than another encoding: names here are Chinese and simplified."""
_LAST_COMMON = b"\xc6\x7e"
"""Of Big5's first level; kana and Cyrillic letters follow it."""


def read(octets: bytes) -> str:
    """The likeliest text; U+FFFD stands for what fits none, or is cut off."""
    in_utf8 = _in_utf8(octets)
    if in_utf8 is not None:
        return _in_gb2312(octets, in_utf8) or in_utf8
    readings = {encoding: decoded(octets, encoding) for encoding in _STRANGE}
    scores = {text: _score(encoding, text) for encoding, text in readings.items() if text is not None}
    likeliest = min(scores, key=lambda text: scores[text])
    if readings["gb18030"] is None and scores[likeliest]:
        return octets.decode(errors="replace")
    return likeliest


def decoded(octets: bytes, encoding: str) -> str | None:
    """None where a byte does not fit."""
    try:
        return octets.decode(encoding)
    except UnicodeDecodeError:
        return None


def _in_utf8(octets: bytes) -> str | None:
    """Also Chinese that ends within a character, as a limit in bytes leaves it."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(octets)
    except UnicodeDecodeError:
        return None
    if len(text.encode()) == len(octets):
        return text
    return f"{text}\ufffd" if re.search(f"[{HAN}]", text) and decoded(octets, "gb2312") is None else None


def _in_gb2312(octets: bytes, in_utf8: str) -> str:
    """The text where GB 2312 has two Han or more in a row, and UTF-8 letters of other scripts; else empty."""
    if all(character < "\x80" or character > "\u07ff" for character in in_utf8):
        return ""
    text = decoded(octets, "gb2312") or ""
    return text if re.search(f"[{HAN}]{{2}}", text) else ""


def _score(encoding: str, text: str) -> int:
    strange = sum(_STRANGE[encoding](run) for run in re.findall(r"[^\0-\x7f]+", text))
    return strange - _HEAD_START if encoding == "gb18030" else strange


def _in_gbk(run: str) -> int:
    """Beyond GB 2312 one each, of other scripts in it and of private use two; one more where it stands alone."""
    rows = [character.encode("gb2312", "ignore")[:1] for character in run]
    strange = (1 if not row else 0 if row >= b"\xb0" or row in {b"\xa1", b"\xa3"} else 2 for row in rows)
    return sum(strange) + sum(map(_is_private, run)) + (len(run) == 1)


def _in_big5(run: str) -> int:
    """Beyond the 5,401 common characters one each; one more where one stands alone in Latin letters."""
    return sum(character.encode("big5") > _LAST_COMMON for character in run) + (len(run) == 1)


def _is_private(character: str) -> bool:
    return unicodedata.category(character) == "Co"


def _in_latin1(run: str) -> int:
    """What is no letter one each, and each letter with an accent that follows another."""
    return sum(character < "À" for character in run) + len(run) - 1


_STRANGE: Final[dict[str, Callable[[str], int]]] = {"gb18030": _in_gbk, "big5": _in_big5, "latin-1": _in_latin1}
"""How strange a run of characters beyond ASCII is in names of an encoding; of equals the first is taken."""
