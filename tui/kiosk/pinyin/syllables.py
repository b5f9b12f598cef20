"""The syllables of standard Chinese, and letters parted into them."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

_FINALS: Final = {
    "": "a ai an ang ao e ei en eng er o ou",
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng iao o ou u",
    "d": "a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e ei eng i ian iao ie ing ong ou u uan ui un uo",
    "n": "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan un uo v ve",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan un uo v ve",
    "g": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "k": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "h": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "j": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "q": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "x": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "zh": "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo",
    "ch": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
    "sh": "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo",
    "r": "an ang ao e en eng i ong ou u ua uan ui un uo",
    "z": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "c": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "s": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "y": "a ai an ang ao e i in ing o ong ou u uan ue un",
    "w": "a ai an ang ei en eng o u",
}
SYLLABLES: Final = frozenset(initial + final for initial, finals in _FINALS.items() for final in finals.split())
"""As they are typed: `v` for ü after n and l."""
_BEGINNINGS: Final = frozenset(syllable[:length] for syllable in SYLLABLES for length in range(1, len(syllable)))
_ALSO: Final = {"lue": "lve", "nue": "nve"}
LONGEST: Final = 6
"""Letters of `zhuang`."""
MOST: Final = 8
"""Ways to part the same letters that are given."""
LOOKED_AT: Final = 400
"""Ways that are looked at: there are more the longer the letters are."""
Parts = tuple[str, ...]
"""Syllables; the last one, or any one that is an initial alone, may be only begun."""


def is_whole(part: str) -> bool:
    """Whether this is a syllable, and not the beginning of some."""
    return part in SYLLABLES


def partings(letters: str) -> list[Parts]:
    """The ways to part `letters` (a to z, and `'` where the person parts them), the likeliest first.

    Only the last syllable may be begun alone, unless there is no other way; few parts go before many. Letters that
    begin no syllable lead to none.
    """
    if not letters.strip("'"):
        return []
    found = [(_begun(parts), len(parts), parts) for parts in islice(_parted(letters.strip("'"), set()), LOOKED_AT)]
    fewest = min((begun for begun, _length, _parts in found), default=0)
    kept = sorted((length, parts) for begun, length, parts in found if begun == fewest)
    return [parts for _length, parts in sorted(kept, key=_by_length_and_whole)][:MOST]


def _begun(parts: Parts) -> int:
    """How many before the last one are begun."""
    return sum(part not in SYLLABLES for part in parts[:-1])


def _by_length_and_whole(found: tuple[int, Parts]) -> tuple[bool, int]:
    length, parts = found
    return bool(parts) and not is_whole(parts[-1]), length


def _parted(letters: str, dead: set[str]) -> Iterator[Parts]:
    """Long syllables first; `dead` are the ends that cannot be parted: each is tried once, not once a way to it."""
    if not letters:
        yield ()
        return
    is_dead = True
    for length in range(min(LONGEST, len(letters)), 0, -1):
        part = _ALSO.get(letters[:length], letters[:length])
        rest = letters[length:].removeprefix("'")
        if rest not in dead and (part in SYLLABLES or (part in _BEGINNINGS and (not rest or part in _FINALS))):
            for parts in _parted(rest, dead):
                is_dead = False
                yield (part, *parts)
    if is_dead:
        dead.add(letters)
