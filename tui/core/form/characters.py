"""The characters of what was typed or copied: the unseen dropped, all else kept, and what nobody can take told."""

import re
import unicodedata
from typing import Final

from tui.core.text_safety import is_newer_han

_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI (ECMA-48 5.4)
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"  # OSC, DCS, SOS, PM, APC (5.6)
    r"|\x1b[NO][ -~]"  # a key in SS2 or SS3
    r"|\x1b(?:[ -/]+[0-~]|[78=>cDEHMZ])"  # a character set, a cursor kept, … (ECMA-35 13.2)
)
_INVISIBLE = re.compile(
    # Default_Ignorable_Code_Point (UAX #44) but Mongolian variation selectors, which choose the letter that is seen,
    # then other controls and the marks of interlinear annotations.
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\x00-\x1f\x7f-\x9f]"
)
_BLANK_BRAILLE = "\u2800"
_REPLACED: Final = "\ufffc\ufffd"
"""Stand where something was that got lost on the way."""
HALF_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
"""What an input method types for a key while it is switched to wide characters, and that key's own."""
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")
_RADICALS = (
    " 厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵 旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫"
    "羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)
"""What U+2E80 to U+2EF3 stand for (Unicode, EquivalentUnifiedIdeograph.txt), a blank for nothing."""
_GBK = (
    "⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠⺧𡗗龸⺪䁖䅟⺮䌷⺳⺶⺷𢦏䎱"
    "䎬⺻䏝䓖䙡䙌龹䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻"
)
"""What U+E815 to U+E864 stand for in older fonts, input methods and registers (GB 18030-2022; 䶮 is met in names)."""
_OF_PRINT = (
    {code: han for code, han in enumerate(_RADICALS, 0x2E80) if han != " "}
    | {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}  # Kangxi radicals
    | {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}  # Latin ligatures
)
"""What a copy from a PDF has in the place of the characters that are seen."""
_SEEN = _OF_PRINT | {code: han.translate(_OF_PRINT) for code, han in enumerate(_GBK, 0xE815)}
_AROUND: Final = "'‘’“”\"`,.;:。、"
"""What a spreadsheet, a sentence or a list has around a number."""
_MOST_MARKS: Final = 8
"""On one character; Tibetan and Vietnamese need five."""


def clean(text: str) -> str:
    """`text` in Unicode's NFC, blanks and line ends folded, without control sequences and invisible marks.

    Radicals, ligatures and what GBK had for private use are the characters as which they are seen.
    """
    text = _SEQUENCE.sub("", text).translate(_SEEN)
    text = "".join(" " if c.isspace() or c == _BLANK_BRAILLE else c for c in text)
    return " ".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).split())


def half_width(text: str) -> str:
    """`clean`, with full-width forms of ASCII and the many dashes as they stand on a keyboard."""
    return clean(text.translate(HALF_WIDTH).translate(_DASHES))


def compact(text: str) -> str:
    """`half_width` without any blank, nor quotation marks, the apostrophe of a spreadsheet and stops around it.

    Marks that a blank kept apart stand in NFC's order then.
    """
    return unicodedata.normalize("NFC", half_width(text).replace(" ", "").strip(_AROUND))


def has_unusable(text: str) -> bool:
    """Whether a character of `text` is none that paper, e-mail and tax platform can carry."""
    return bool(_INVISIBLE.search(text)) or any(map(_unusable, text)) or _has_piled_marks(text)


def is_letter(character: str) -> bool:
    """Of any script; 〇 and the Han characters that this Python's Unicode does not know yet are letters too."""
    return character.isalpha() or character == "〇" or is_newer_han(character)


def _has_piled_marks(text: str) -> bool:
    kinds = "".join(unicodedata.category(character)[0] for character in text)
    return "M" * (_MOST_MARKS + 1) in kinds


def _unusable(character: str) -> bool:
    category = unicodedata.category(character)
    unknown = category[0] == "C" and not is_newer_han(character)
    return unknown or category in ("Zl", "Zp") or character in _REPLACED
