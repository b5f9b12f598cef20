"""Turn a terminal's bytes into Textual's messages (keys, pastes, mouse), no faster than a hand can send them."""

import re
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator
from time import monotonic

from textual import events
from textual._xterm_parser import XTermParser
from textual.message import Message
from textual.messages import TerminalSupportsSynchronizedOutput

from tui.core.form.typed import is_typed
from tui.kiosk.terminal.colour_depth import says_yes
from tui.kiosk.terminal.escapes import Escapes, Pasted, Report, Sequence, Token, Typed
from tui.kiosk.terminal.keys import NAMED, key_of, keys_of
from tui.kiosk.terminal.rate_limit import Allowance

_BY_HAND = 256
"""Bytes of keys that a stalled line, a scanner or an input method hands over together."""
_INTRODUCERS = frozenset({0x1B, *range(0x80, 0xA0)})
"""ESC, and what may be a control of C1: a sequence is read as a whole."""

_MOUSE = re.compile(r"\x1b\[<\d{1,3};\d{1,5};\d{1,5}[Mm]")
_SYNCHRONISED = re.compile(r"\x1b\[\?2026;[123]\$y")
"""DECRPM for synchronised output: set, reset, or set for ever."""


class FocusGained(Message):
    """Somebody looks at the terminal's window again (DEC private mode 1004)."""


class TrueColour(Message):
    """The terminal says, asked or not, that it shows true colour."""


class Input:
    """Decodes, parses, and drops what no hand does; reports that are neither key nor mouse lead to nothing."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._decode = getincrementaldecoder("utf-8")("surrogateescape").decode
        self._escapes = Escapes()
        self._mouse = XTermParser()
        self._characters = Allowance(400, 60, clock)
        """A scanner, an input method or a stalled line hands over many at once."""
        self._commands = Allowance(200, 40, clock)
        """Keys without a character, as fast as a keyboard repeats them."""
        self._help = Allowance(3, 2, clock)
        """F1 answers also when all else has been too much."""
        self._pastes = Allowance(10, 2, clock)
        self._moves = Allowance(200, 60, clock)
        self._clicks = Allowance(60, 15, clock)
        self._down = False

    @property
    def patience(self) -> float | None:
        """Seconds of silence after which `tick` is due; None: not before the next byte."""
        return self._escapes.patience

    def feed(self, data: bytes | memoryview) -> list[Message]:
        """Messages of the bytes that have come; who gave them wipes them.

        Keys alone are taken one by one, so that a password that came in one read stands in no str.
        """
        if self._escapes.patience is None and len(data) <= _BY_HAND and not any(b in _INTRODUCERS for b in data):
            return [m for byte in data for m in self._read(self._escapes.feed(self._decode(bytes((byte,)))))]
        return self._read(self._escapes.feed(self._decode(data)))

    def tick(self) -> list[Message]:
        """Messages of what has not gone on for as long as `patience`, for instance a bare ESC."""
        return self._read(self._escapes.give_up())

    def _read(self, tokens: list[Token]) -> list[Message]:
        return [message for token in tokens for message in self._messages(token)]

    def _messages(self, token: Token) -> Iterator[Message]:
        match token:
            case Typed(text):
                yield from self._typed(text)
            case Pasted(text):
                if self._pastes.take():
                    yield events.Paste(text)
            case Sequence(text) if _MOUSE.fullmatch(text):
                yield from self._mouse_report(text)
            case Sequence(text) if _SYNCHRONISED.fullmatch(text):
                yield TerminalSupportsSynchronizedOutput()
            case Report(text):
                if says_yes(text):
                    yield TrueColour()
            case Sequence("\x1b[I"):
                yield FocusGained()
            case Sequence(text):
                yield from filter(self._by_hand, keys_of(text))

    def _typed(self, text: str) -> Iterator[Message]:
        for character in text:
            if is_typed(character):
                if self._characters.take():
                    yield key_of(character)
            elif character in NAMED and self._commands.take():
                yield events.Key(NAMED[character], character)

    def _by_hand(self, key: events.Key) -> bool:
        if key.key == "f1":
            return self._help.take()
        return (self._characters if key.character else self._commands).take()

    def _mouse_report(self, report: str) -> Iterator[Message]:
        """A button is let go only if its being pressed was taken."""
        message = self._mouse.parse_mouse_code(report)
        match message:
            case None:
                return
            case events.MouseDown():
                self._down = taken = self._clicks.take()
            case events.MouseUp():
                taken, self._down = self._down, False
            case _:
                taken = self._moves.take()
        if taken:
            yield message
