"""Split what a terminal sends into text, complete control sequences (ECMA-48) and pastes; drop the rest."""

import re
from enum import Enum, auto
from typing import Final

from tui.core.form.typed import is_typed
from tui.core.frozen import frozen

ESC: Final = "\x1b"
LONGEST: Final = 64
"""Characters of a sequence that can still be a key or a report."""
MAX_PASTE: Final = 4096
"""Characters kept of a paste, many times the longest field."""
ESC_DELAY: Final = 0.2
"""Seconds of silence that make ESC the Esc key, and not the begin of a sequence."""
UNFINISHED: Final = 1.0
"""Seconds of silence after which an unfinished sequence is given up."""
STUCK_PASTE: Final = 2.0
"""Seconds of silence after which a paste without an end is given up."""

C1: Final = {0x8F: "O", 0x90: "P", 0x98: "X", 0x9B: "[", 0x9D: "]", 0x9E: "^", 0x9F: "_"}
"""SS3, DCS, SOS, CSI, OSC, PM and APC in one byte (ECMA-48, 5.3), and what follows ESC in the two-byte form."""
_DCS: Final = "\x1bP"
_BEL, _CAN, _SUB = "\x07", "\x18", "\x1a"
_TEXT = re.compile("[^\x1b\x80-\x9f\ud800-\udfff]+")
_PARAMETERS = re.compile("[\x20-\x3f]+")
_INTERMEDIATES = re.compile("[\x20-\x2f]+")
_STRING = re.compile("[^\x1b\x07\x18\x1a\x9c\udc9c]+")
_PASTE_BEGIN = re.compile("(?:\x1b\\[|[\x9b\udc9b])200~")
_PASTE_END = re.compile("(?:\x1b\\[|[\x9b\udc9b])201~")
_LONGEST_END = 6
_LINE_BREAK = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_IN_PASTE = re.compile(
    r"""(?:\x1b\[|[\x9b\udc9b]) (?: \[. | [0-?]*[ -/]*[@-~]? )         # CSI; ESC [ [ A is the Linux console's F1
      | (?:\x1b[]PX^_]|[\x90\x98\x9d-\x9f\udc90\udc98\udc9d-\udc9f])
        (?: [^\x07\x1b\x9c]* (?:\x07|\x1b\\|\x9c) | [^\r\n\x1b]* )     # a string; without an end: the line
      | (?:\x1bO|[\x8f\udc8f]) [ -~]?
      | \x1b [ -/]* [0-~]?
    """,
    re.VERBOSE,
)


@frozen
class Typed:
    """Characters and control bytes outside every sequence."""

    text: str


@frozen
class Sequence:
    """A complete sequence in its seven-bit form, ESC alone for the Esc key; whether it is a key is not said."""

    text: str


@frozen
class Pasted:
    """Everything between `ESC[200~` and `ESC[201~`, without sequences and invisible characters."""

    text: str


@frozen
class Report:
    """A short device control string (ECMA-48, 5.6), without its end: what a terminal says of itself."""

    text: str


Token = Typed | Sequence | Pasted | Report


class _State(Enum):
    TEXT = auto()
    ESCAPE = auto()
    INTERMEDIATE = auto()
    """`ESC (`: one character to come (ECMA-35), or alt with a punctuation mark."""
    CSI = auto()
    CONSOLE = auto()
    """`ESC [ [`: one character to come."""
    COORDINATES = auto()
    """`ESC [ M`: three bytes to come, whatever they are (mouse of X10)."""
    SS3 = auto()
    STRING = auto()
    STRING_ESCAPE = auto()
    """ESC within a string: its end, or another sequence."""
    PASTE = auto()
    LATE = auto()
    """A sequence was given up, or ESC taken for the Esc key; the rest may still come, in one read as no hand types."""


_GOES_ON: Final = {
    _State.ESCAPE: "[][OPX^_].",
    _State.CSI: r"(?s:(?=..))(?:[0-9]*[:-?~]|[0-9]{0,5}[ -/]*[@-~](?![^\x1b]))",  # unlike what a scanner reads
    _State.STRING: "[^\x1b\x07\x18\x1a\x9c\udc9c]*(?:\x07|\x1b\\\\|[\x9c\udc9c])",
    _State.STRING_ESCAPE: r"\\",
    _State.PASTE: "(?!)",
}
"""What the rest of a sequence begins with; a paste's, of which the end is looked for, is dropped."""


class Escapes:
    """Keeps what is unfinished from one read to the next, never more than `MAX_PASTE` characters."""

    def __init__(self) -> None:
        self._state = _State.TEXT
        self._held = ""
        self._tail = ""
        """The last characters of the paste, in which its end may have begun."""
        self._lost: str | None = None
        """The last characters of a paste that was given up."""
        self._late = _State.TEXT
        """What was given up; while its rest may come, what had come of it is held, but for a paste."""
        self._due = 0
        """Bytes of coordinates still to come."""
        self._out: list[Token] = []

    @property
    def patience(self) -> float | None:
        """Seconds of silence after which `give_up` is due; None: not before the next byte."""
        match self._state:
            case _State.TEXT:
                return None
            case _State.ESCAPE | _State.INTERMEDIATE:
                return ESC_DELAY
            case _State.PASTE:
                return STUCK_PASTE
            case _:
                return UNFINISHED

    def give_up(self) -> list[Token]:
        """Nothing came for as long as `patience`: a bare ESC was the key, all else is dropped."""
        late = self._late = self._state
        if late is not _State.LATE:
            self._lost = self._tail if late is _State.PASTE else None
        if late in _GOES_ON:
            self._to(_State.LATE, "" if late is _State.PASTE else self._held)
        else:
            self._to(_State.TEXT)
        return [Sequence(ESC)] if late is _State.ESCAPE else []

    def feed(self, text: str) -> list[Token]:
        """The tokens that `text` completes; undecodable bytes stand in it as surrogates (PEP 383)."""
        if self._lost is not None:
            rest, self._lost = self._lost + text, None
            if (end := _PASTE_END.search(rest)) and not _PASTE_BEGIN.search(rest, 0, end.start()):
                text = rest[end.end() :]
                self._to(_State.TEXT)
        if self._state is _State.LATE and text:
            self._to(*((self._late, self._held) if re.match(_GOES_ON[self._late], text) else (_State.TEXT, "")))
        at = 0
        while at < len(text):
            at = self._step(text, at)
        out, self._out = self._out, []
        return out

    def _to(self, state: _State, held: str = "") -> None:
        self._state, self._held, self._tail = state, held, ""

    def _done(self, sequence: str) -> None:
        self._to(_State.TEXT)
        if len(sequence) <= LONGEST:
            self._out.append(Sequence(sequence))

    def _step(self, text: str, at: int) -> int:
        """Take at least one character in, or leave the state; where to go on."""
        match self._state:
            case _State.TEXT | _State.LATE:
                return self._text(text, at)
            case _State.ESCAPE:
                return self._escape(text, at)
            case _State.CSI | _State.SS3 | _State.INTERMEDIATE:
                return self._sequence(text, at)
            case _State.CONSOLE:
                self._done(self._held + text[at])
            case _State.COORDINATES:
                self._due -= len(text[at].encode("utf-8", "surrogateescape"))
                if self._due <= 0:
                    self._to(_State.TEXT)
            case _State.STRING:
                return self._string(text, at)
            case _State.STRING_ESCAPE:
                if text[at] != "\\":
                    self._to(_State.ESCAPE, ESC)
                    return at
                self._reported()
            case _State.PASTE:
                return self._paste(text, at)
        return at + 1

    def _text(self, text: str, at: int) -> int:
        if run := _TEXT.match(text, at):
            self._out.append(Typed(run[0]))
            return run.end()
        if text[at] == ESC:
            self._to(_State.ESCAPE, ESC)
        elif (introducer := C1.get(_control(text[at]))) is not None:
            self._to(_State.ESCAPE, ESC)
            self._escape(introducer, 0)
        return at + 1

    def _escape(self, text: str, at: int) -> int:
        character = text[at]
        if character == ESC:
            self._out.append(Sequence(ESC))
        elif character == "[":
            self._to(_State.CSI, ESC + character)
        elif character == "O":
            self._to(_State.SS3, ESC + character)
        elif character in "]PX^_":
            self._to(_State.STRING, ESC + character)
        elif " " <= character <= "/":
            self._to(_State.INTERMEDIATE, ESC + character)
        elif _control(character) in C1:
            self._to(_State.TEXT)
            return at
        else:
            self._done(ESC + character)
        return at + 1

    def _sequence(self, text: str, at: int) -> int:
        """Parameters and intermediates, then the final byte (ECMA-48, 5.4; of `ESC (` and its like: ECMA-35, 13.2)."""
        only_intermediates = self._state is _State.INTERMEDIATE
        if run := (_INTERMEDIATES if only_intermediates else _PARAMETERS).match(text, at):
            self._held = (self._held + run[0])[: LONGEST + 1]
            return run.end()
        character = text[at]
        if character == ESC:
            self._to(_State.ESCAPE, ESC)
        elif character in (_CAN, _SUB):
            self._to(_State.TEXT)
        elif character > "\x7f":
            self._to(_State.TEXT)
            return at
        elif ("0" if only_intermediates else "@") <= character <= "~":
            self._final(character)
        return at + 1

    def _final(self, character: str) -> None:
        match self._held + character:
            case "\x1b[[":
                self._to(_State.CONSOLE, "\x1b[[")
            case "\x1b[M":
                self._due = 3
                self._to(_State.COORDINATES)
            case "\x1b[200~":
                self._to(_State.PASTE)
            case sequence:
                self._done(sequence)

    def _string(self, text: str, at: int) -> int:
        if run := _STRING.match(text, at):
            if self._held.startswith(_DCS):
                self._held = (self._held + run[0])[: LONGEST + 1]
            return run.end()
        match text[at]:
            case "\x1b":
                self._to(_State.STRING_ESCAPE, self._held)
            case "\x07" if self._held != "\x1b]":
                pass  # only an OSC ends with BEL
            case "\x9c" | "\udc9c":
                self._reported()
            case _:
                self._to(_State.TEXT)
        return at + 1

    def _reported(self) -> None:
        held = self._held
        self._to(_State.TEXT)
        if held.startswith(_DCS) and len(held) <= LONGEST:
            self._out.append(Report(held))

    def _paste(self, text: str, at: int) -> int:
        rest = self._tail + text[at:]
        end = _PASTE_END.search(rest)
        upto = len(text) if end is None else at + end.end() - len(self._tail)
        self._held = (self._held + text[at:upto])[: MAX_PASTE + _LONGEST_END]
        if end is None:
            self._tail = rest[1 - _LONGEST_END :]
            return upto
        pasted = visible(_PASTE_END.sub("", self._held)[:MAX_PASTE])
        self._to(_State.TEXT)
        if pasted:
            self._out.append(Pasted(pasted))
        return upto


def visible(pasted: str) -> str:
    """Pasted text without its sequences and invisible characters; line breaks, as LF, tabs and gaps (U+FFFD) stay."""
    plain = _LINE_BREAK.sub("\n", _IN_PASTE.sub("", pasted))
    return "".join(character for character in plain if is_typed(character) or character in "\n\t\ufffd")


def _control(character: str) -> int:
    """The C1 code of a character, or of a byte that is not UTF-8."""
    code = ord(character)
    return code - 0xDC00 if 0xDC80 <= code <= 0xDCFF else code
