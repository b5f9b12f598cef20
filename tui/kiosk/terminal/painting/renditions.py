"""How a cell is drawn (ECMA-48 8.3.117, SELECT GRAPHIC RENDITION), and the shortest way from one to the next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

from tui.kiosk.terminal.painting.exact import colourless, dark, exact

REVERSED: Final = "7"
SHOWN_ON_BLANKS: Final = frozenset({"4", "5", "6", "7", "9", "21", "51", "52", "53"})
"""Attributes that a blank shows, too: lines, blinking, swapped colours."""
SWAPPED: Final = 4
"""Bytes by which a swapped way must be shorter."""
OFF: Final = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29"}
"""What ends an attribute; what is not here only a reset ends, everywhere."""
_COLOUR_PARAMETERS: Final = {"2": 5, "5": 3}
"""Parameters of a colour that begins with 38 or 48: direct (`38;2;r;g;b`) and indexed (`38;5;n`)."""


@dataclass(frozen=True, slots=True, eq=False)
class Rendition:
    """One way to draw a cell; there is one object for each way."""

    attributes: tuple[str, ...] = ()
    """SGR parameters, in Textual's order."""
    ink: str = ""
    """Parameters of the foreground, empty for the terminal's own."""
    ground: str = ""
    """Parameters of the background, empty for the terminal's own."""

    @property
    def is_ground(self) -> bool:
        """Nothing but a background: what erasing leaves where the terminal erases in colour."""
        return not self.attributes and not self.ink


class Drawn(Enum):
    """What a rendition is for."""

    TEXT = auto()
    BLANK = auto()
    ERASED = auto()
    """A blank by ECH or EL, which fill with the background, whatever else is set."""


class Renditions:
    """Those in use, and the sequences between them."""

    def __init__(self, colours: ColorSystem | None) -> None:
        """Without `colours`, by swapping alone."""
        self._prepare = {None: colourless, ColorSystem.STANDARD: dark, ColorSystem.EIGHT_BIT: exact}.get(colours)
        self._colours = colours or ColorSystem.STANDARD
        self._known: dict[tuple[tuple[str, ...], str, str], Rendition] = {}
        self._of_parameters: dict[str, tuple[Rendition, Rendition]] = {}
        self._changes: dict[tuple[Rendition | None, Rendition, Drawn], tuple[str, Rendition]] = {}
        self.plain = self._the((), "", "")

    def of(self, style: Style | None) -> tuple[Rendition, Rendition]:
        """How text of `style` is drawn, in the colours to which Textual would bring it down, and a blank of it."""
        if style is not None and self._prepare is not None:
            style = self._prepare(style)
        parameters = "" if style is None else Strip.render_ansi(style, self._colours)
        found = self._of_parameters.get(parameters)
        if found is None:
            rendition = self._the(*_parsed(parameters))
            found = self._of_parameters[parameters] = rendition, self._blank(rendition)
        return found

    def change(self, pen: Rendition | None, wanted: Rendition, drawn: Drawn) -> tuple[str, Rendition]:
        """The shortest bytes after which what is `drawn` looks as `wanted`, and how the pen, if known, draws then."""
        key = pen, wanted, drawn
        found = self._changes.get(key)
        if found is None:
            ways = [(_sequence(pen, way), way) for way in self._ways(pen, wanted, drawn)]
            # What is swapped has to be swapped back: not for the few bytes of that alone.
            found = self._changes[key] = min(ways, key=lambda way: len(way[0]) + SWAPPED * (way[1] is not ways[0][1]))
        return found

    def _ways(self, pen: Rendition | None, wanted: Rendition, drawn: Drawn) -> Iterator[Rendition]:
        """Renditions that look the same: of a blank all that have its colour, of text also the swapped colours."""
        if drawn is Drawn.TEXT or not wanted.is_ground:
            yield wanted
            if _is_swappable(wanted) and wanted.ink.startswith("38;"):
                swapped = {REVERSED}.symmetric_difference(wanted.attributes)
                yield self._the(_ordered(swapped), f"38{wanted.ground[2:]}", f"48{wanted.ink[2:]}")
            return
        pen = pen or self.plain
        kept = {attribute for attribute in pen.attributes if attribute not in SHOWN_ON_BLANKS}
        yield self._the(_ordered(kept), pen.ink, wanted.ground)
        if drawn is Drawn.BLANK and _is_swappable(wanted) and "2" not in kept:
            yield self._the(_ordered(kept | {REVERSED}), f"38{wanted.ground[2:]}", pen.ground)

    def _the(self, attributes: tuple[str, ...], ink: str, ground: str) -> Rendition:
        key = attributes, ink, ground
        if key not in self._known:
            self._known[key] = Rendition(*key)
        return self._known[key]

    def _blank(self, rendition: Rendition) -> Rendition:
        """The simplest rendition in which a blank looks the same."""
        shown = SHOWN_ON_BLANKS.intersection(rendition.attributes)
        if not shown:
            return self._the((), "", rendition.ground)
        if shown == {REVERSED} and rendition.ink.startswith("38;") and "2" not in rendition.attributes:
            return self._the((), "", f"48{rendition.ink[2:]}")
        return rendition


def _ordered(attributes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(attributes, key=int))


def _is_swappable(rendition: Rendition) -> bool:
    """Reversed, it looks the same with ink and ground exchanged; bright ones of 16 colours are no ground everywhere."""
    return rendition.ground.startswith("48;") and {REVERSED, "1", "3"}.issuperset(rendition.attributes)


def _parsed(parameters: str) -> tuple[tuple[str, ...], str, str]:
    """Attributes, foreground and background of what Textual sends for a style."""
    words = parameters.split(";") if parameters else []
    attributes, ink, ground = [], "", ""
    while words:
        word = words[0]
        length = _COLOUR_PARAMETERS[words[1]] if word in ("38", "48") else 1
        taken, words = ";".join(words[:length]), words[length:]
        if word in ("38", "39") or word in _PLAIN_INKS:
            ink = "" if word == "39" else taken
        elif word in ("48", "49") or word in _PLAIN_GROUNDS:
            ground = "" if word == "49" else taken
        else:
            attributes.append(word)
    return tuple(attributes), ink, ground


_PLAIN_INKS: Final = frozenset(map(str, (*range(30, 38), *range(90, 98))))
_PLAIN_GROUNDS: Final = frozenset(map(str, (*range(40, 48), *range(100, 108))))


def _sequence(pen: Rendition | None, wanted: Rendition) -> str:
    """The shorter of a fresh start and of what changes."""
    if pen is wanted:
        return ""
    fresh = [*wanted.attributes, *filter(None, (wanted.ink, wanted.ground))]
    afresh = f"\x1b[{';'.join(('0', *fresh)) if fresh else ''}m"
    if pen is None or not OFF.keys() >= set(pen.attributes) - set(wanted.attributes):
        return afresh
    ended = dict.fromkeys(OFF[a] for a in pen.attributes if a not in wanted.attributes)
    kept = [a for a in pen.attributes if a in wanted.attributes and OFF.get(a) not in ended]
    changed = [*ended, *(a for a in wanted.attributes if a not in kept)]
    if pen.ink != wanted.ink:
        changed.append(wanted.ink or "39")
    if pen.ground != wanted.ground:
        changed.append(wanted.ground or "49")
    return min(f"\x1b[{';'.join(changed)}m", afresh, key=len)
