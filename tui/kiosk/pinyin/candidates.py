"""What letters may stand for: names, words, sentences put together of words, characters."""

from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import islice
from typing import Final

from tui.core.frozen import frozen
from tui.kiosk.pinyin.dictionary import Dictionary, Kind, Word
from tui.kiosk.pinyin.syllables import Parts, is_whole, partings

CORPUS: Final = 26.0
"""Logarithm to the base 2 of how many words the frequencies were counted in."""
WHOLE: Final = 60
"""Candidates for all of the letters."""
PUT_TOGETHER: Final = 12
"""Syllables of the longest sentence that is put together."""


class Place(Enum):
    """What is about to be typed."""

    TEXT = "text"
    NAME = "name"
    """A person's, from its beginning."""
    GIVEN_NAME = "given_name"
    """The rest of a person's name."""


@frozen
class Candidate:
    """A text, and for how many of the letters it stands."""

    text: str
    letters: int


def candidates(dictionary: Dictionary, letters: str, place: Place = Place.TEXT) -> list[Candidate]:
    """What `letters` may stand for, the likeliest first: for all of them, then for the first ones."""
    ways = partings(letters)
    if not ways:
        return []
    found: dict[str, Candidate] = {}
    for text in islice(_whole(dictionary, ways, place), WHOLE):
        found.setdefault(text, Candidate(text, len(letters)))
    for way in ways[:3]:
        for length in range(len(way) - 1, 0, -1):
            taken = _taken(letters, way[:length])
            for text in _words(dictionary, way[:length], place):
                found.setdefault(text, Candidate(text, taken))
    for way in ways[:3]:
        for text in dictionary.seldom(way[0]):
            found.setdefault(text, Candidate(text, _taken(letters, way[:1])))
    return list(found.values())


def _whole(dictionary: Dictionary, ways: list[Parts], place: Place) -> Iterator[str]:
    """For all the letters: names where one is typed, words, and what words can be put together to."""
    if place is Place.NAME:
        yield from (word.text for word in dictionary.words(ways[0], Kind.SURNAME))
        yield from _names(dictionary, ways[0])
    listed = [word for way in ways for word in _listed(dictionary, way, place)]
    put_together = [found for way in ways[:3] if (found := _together(dictionary, way)) is not None]
    together = min(put_together)[1] if put_together else None
    if together is not None and not listed:
        yield together
    yield from (word.text for word in listed)
    if together is not None:
        yield together


def _words(dictionary: Dictionary, parts: Parts, place: Place) -> Iterable[str]:
    return (word.text for word in _listed(dictionary, parts, place))


def _listed(dictionary: Dictionary, parts: Parts, place: Place) -> list[Word]:
    """Words of just these syllables; surnames or given names go before all others where one is typed."""
    special = {Place.NAME: Kind.SURNAME, Place.GIVEN_NAME: Kind.GIVEN_NAME}.get(place)
    names = dictionary.words(parts, special) if special else []
    return names + dictionary.words(parts)


def _names(dictionary: Dictionary, parts: Parts) -> Iterator[str]:
    """Surname and given name, the pairs by how frequent both are."""
    pairs: list[tuple[float, str]] = []
    for length in (1, 2):
        surnames = dictionary.words(parts[:length], Kind.SURNAME)[:3]
        given = _given(dictionary, parts[length:]) if surnames and len(parts) > length else []
        pairs += [(s.weight + g.weight + 6 * (length - 1), s.text + g.text) for s in surnames for g in given]
    return (text for _weight, text in sorted(pairs, key=lambda pair: -pair[0])[:12])


def _given(dictionary: Dictionary, parts: Parts) -> list[Word]:
    """Given names of one or two characters: those that people bear, then put together of their characters."""
    found = dictionary.words(parts, Kind.GIVEN_NAME)[:9]
    if len(parts) == 2:
        first, second = (dictionary.words((part,), Kind.GIVEN_NAME)[:3] for part in parts)
        found += [Word(a.text + b.text, (a.weight + b.weight) / 2 - 8) for a in first for b in second]
    return found


def _together(dictionary: Dictionary, parts: Parts) -> tuple[float, str] | None:
    """The likeliest row of words, and how unlikely it is; None where nothing is, or too much is only begun."""
    if not 1 < len(parts) <= PUT_TOGETHER or not all(map(is_whole, parts[:-1])):
        return None
    best: list[tuple[float, str] | None] = [(0.0, "")]
    for end in range(1, len(parts) + 1):
        ways = [
            (before[0] + CORPUS - word.weight + (3.0 if end - begin == 1 else 0.0), before[1] + word.text)
            for begin in range(max(0, end - 6), end)
            if (before := best[begin]) is not None
            for word in dictionary.words(parts[begin:end])[:1]
        ]
        best.append(min(ways, default=None))
    return best[-1]


def _taken(letters: str, parts: Parts) -> int:
    """How many of `letters` these parts are, with what parts them from the rest."""
    at = 0
    for part in parts:
        at += letters[at:].startswith("'")
        at += len(part)
    return at + letters[at:].startswith("'")
