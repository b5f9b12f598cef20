"""Name the key of a control sequence, by Textual's tables, kitty's `CSI u` and xterm's modifyOtherKeys."""

import re
from typing import Final

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS
from textual.events import Key
from textual.keys import _character_to_key

from tui.core.form.typed import is_typed

SHIFT, CTRL, CAPS_LOCK = 1, 4, 64
"""Bits of kitty's modifiers, which are sent plus one; xterm has the same first four."""
ALT_AND_OTHERS: Final = 0b111010
"""Alt, super, hyper, meta."""
RELEASED: Final = "3"
OTHER_KEYS: Final = 27
"""First parameter of modifyOtherKeys: `CSI 27 ; modifiers ; code ~`."""

_SEQUENCE = re.compile(
    r"\x1b\[ (?P<code>\d{0,7}) (?: :(?P<shifted>\d{0,7}) (?: :\d{0,7} )? )?"
    r"(?: ;(?P<modifiers>\d{0,3}) (?: :(?P<event>\d) )? )? (?: ;(?P<text>[\d:]{0,40}) )? (?P<final>[u~A-FHPQS])",
    re.VERBOSE,
)
_PAD: Final = dict(zip(range(57399, 57414), "0123456789./*-+", strict=True)) | {57415: "=", 57416: ","}
"""Kitty's codes of the number pad."""
_ALIKE_WITH_SHIFT: Final = frozenset({"enter", "backspace", "escape"})


def _tabled(sequence: str) -> str | None:
    """Textual's name of a key; None for the pairs (alt with an arrow is no Esc) and for `CSI … R`, a cursor's place."""
    keys = ANSI_SEQUENCES_KEYS[sequence]
    place = sequence.startswith("\x1b[") and sequence.endswith("R")
    return str(keys[0].value) if isinstance(keys, tuple) and len(keys) == 1 and not place else None


NAMED: Final = {sequence: name for sequence in ANSI_SEQUENCES_KEYS if (name := _tabled(sequence)) is not None}
"""Control characters and sequences that are a key with a name."""
_RXVT_PAD: Final = {s: keys for s, keys in ANSI_SEQUENCES_KEYS.items() if s[:2] == "\x1bO" and isinstance(keys, str)}


def key_of(character: str) -> Key:
    """The key of a visible character."""
    return Key(_character_to_key(character) if character.isascii() else character, character)


def keys_of(sequence: str) -> list[Key]:
    """The keys of a complete sequence; none for what is no key, a key let go, a broken code point."""
    if name := NAMED.get(sequence):
        return [Key(name, None)]
    if character := _RXVT_PAD.get(sequence):
        return [key_of(character)]
    match = _SEQUENCE.fullmatch(sequence)
    if match is None or match["event"] == RELEASED:
        return []
    code, final, text = _number(match["code"], 1), match["final"], match["text"] or ""
    modifiers = max(0, _number(match["modifiers"], 1) - 1)
    if final == "~" and code == OTHER_KEYS:
        return _pressed(_number(text, 0), modifiers)
    if final == "u":
        texts = [chr(number) for number in map(_number, text.split(":")) if _is_character(number)]
        return _pressed(code, modifiers, _number(match["shifted"], 0), texts)
    return _functional(f"{code}{final}", modifiers)


def _number(digits: str | None, missing: int = 0) -> int:
    return int(digits) if digits and digits.isdecimal() else missing


def _is_character(code: int) -> bool:
    """The private-use area is where the kitty protocol puts keys without a character."""
    return code <= 0x10FFFF and not 0xE000 <= code <= 0xF8FF and is_typed(chr(code))


def _functional(code: str, modifiers: int) -> list[Key]:
    """A key with a name; with alt, super, hyper or meta it is none of ours."""
    name = FUNCTIONAL_KEYS.get(code)
    if name is None or modifiers & ALT_AND_OTHERS:
        return []
    ctrl = "ctrl+" if modifiers & CTRL else ""
    shift = "shift+" if modifiers & SHIFT and (ctrl or name not in _ALIKE_WITH_SHIFT) else ""
    return [Key(f"{ctrl}{shift}{name}", None)]


def _pressed(code: int, modifiers: int, shifted: int = 0, texts: list[str] | None = None) -> list[Key]:
    """The key of a code point: it types its text, with ctrl it is a key with a name."""
    if f"{code}u" in FUNCTIONAL_KEYS and code not in _PAD:
        return _functional(f"{code}u", modifiers)
    if modifiers & ALT_AND_OTHERS:
        return []
    if texts and not modifiers & CTRL:  # also code 0: what an input method has composed
        return [key_of(text) for text in texts]
    character = _PAD.get(code) or (chr(code) if _is_character(code) else "")
    if not character:
        return []
    if modifiers & CTRL:
        plain = character.isascii() and not modifiers & SHIFT
        return [Key(f"ctrl+{_character_to_key(character.lower())}", None)] if plain else []
    return [key_of(_cased(character, modifiers, shifted))]


def _cased(character: str, modifiers: int, shifted: int) -> str:
    """With shift or caps lock; a layout's shifted digits and marks are known only if the terminal says them."""
    if modifiers & SHIFT and _is_character(shifted) and shifted:
        return chr(shifted)
    upper = bool(modifiers & SHIFT) != bool(modifiers & CAPS_LOCK)
    return character.upper() if upper and len(character.upper()) == 1 else character
