"""The keys: what stands on each, what it does, and how they lie in four rows."""

from enum import Enum

from tui.core.frozen import frozen
from tui.kiosk.text import N_
from tui.kiosk.widgets.keyboard.typed import Typed


class Act(Enum):
    """What a key does."""

    TYPE = "type"
    """What stands on it comes into the field."""
    SPACE = "space"
    ERASE = "erase"
    CLEAR = "clear"
    CAPITALS = "capitals"
    SYMBOLS = "symbols"
    LETTERS = "letters"
    """From the digits to the letters and back."""
    SOUND = "sound"
    """From Latin letters to pinyin and back."""
    HIDE = "hide"
    NEXT = "next"
    """As Enter: on to the next field, or confirm a password."""


class Layer(Enum):
    """What stands on the keys now."""

    DIGITS = "digits"
    LETTERS = "letters"
    SYMBOLS = "symbols"


@frozen
class Cap:
    """One key."""

    face: str
    """A character, or source Chinese."""
    act: Act = Act.TYPE
    units: int = 1
    """Its width in the widths of a letter's key."""


# Translators: the keys of the keyboard on the screen; five letters at most.
ERASE = Cap(N_("退格"), Act.ERASE)
# Translators: key that empties the field; five letters at most.
CLEAR = Cap(N_("清空"), Act.CLEAR)
# Translators: key for capital letters; five letters at most.
CAPITALS = Cap(N_("大写"), Act.CAPITALS)
# Translators: key for marks such as ! and #; five letters at most.
SYMBOLS = Cap(N_("符号"), Act.SYMBOLS)
# Translators: key that types a blank; five letters at most.
SPACE = Cap(N_("空格"), Act.SPACE, 4)
# Translators: key from the digits to the letters; five letters at most.
LETTERS = Cap(N_("字母"), Act.LETTERS)
# Translators: key from the letters to the digits; five letters at most.
DIGITS = Cap(N_("数字"), Act.LETTERS)
# Translators: key that turns typing of Chinese by its sound on and off; five letters at most.
SOUND = Cap(N_("拼音"), Act.SOUND)
# Translators: key that hides the keyboard; five letters at most.
HIDE = Cap(N_("收起"), Act.HIDE, 2)
# Translators: key that goes on to the next field; nine letters at most.
NEXT = Cap(N_("下一项"), Act.NEXT, 2)
# Translators: key that confirms a password; nine letters at most.
DONE = Cap(N_("确定"), Act.NEXT, 2)

_LETTERS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_MARKS = ("!@#$%^&*()", "-_=+[]{}\\", ";:'\",<>")
_HAN_MARKS = ("（）【】《》〈〉“”", "、，。；：！？·—", "&@#/+*'")

Rows = tuple[tuple[Cap, ...], ...]


def rows(
    layer: Layer, typed: Typed, *, capitals: bool = False, sound: bool = False, digits: str = "1234567890"
) -> Rows:
    """Four rows of keys."""
    if layer is Layer.DIGITS:
        return _of_digits(digits, typed)
    marks = layer is Layer.SYMBOLS
    first, second, third = _HAN_MARKS if marks and sound else _MARKS if marks else _LETTERS
    if capitals and not marks:
        first, second, third = first.upper(), second.upper(), third.upper()
    d = tuple(map(Cap, digits))
    dot, at = (Cap("/"), Cap("?")) if marks else (Cap("."), Cap("'" if sound else "@"))
    one, other = (Cap("~"), Cap("`")) if marks else (Cap("-"), Cap("_"))
    shift = Cap("|") if marks else CAPITALS
    change = SOUND if typed.by_sound else DIGITS if typed is Typed.NUMBER else Cap("." if marks else "/")
    return (
        (*map(Cap, first), *d[0:3]),
        (*map(Cap, second), at, *d[3:6]),
        (shift, *map(Cap, third), dot, ERASE, *d[6:9]),
        (SYMBOLS, change, one, SPACE, other, HIDE, d[9], _onward(typed)),
    )


def _of_digits(digits: str, typed: Typed) -> Rows:
    d = tuple(map(Cap, digits))
    return (
        (*d[0:3], ERASE, Cap(HIDE.face, Act.HIDE)),
        (*d[3:6], CLEAR, LETTERS),
        (*d[6:9], Cap("-"), Cap("X")),
        (Cap(d[9].face, units=3), _onward(typed)),
    )


def _onward(typed: Typed) -> Cap:
    return DONE if typed in (Typed.PASSWORD, Typed.PIN) else NEXT
