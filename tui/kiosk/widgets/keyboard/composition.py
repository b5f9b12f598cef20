"""Letters that are being turned into Han characters."""

from collections.abc import Callable
from functools import cache

from rich.cells import cell_len

from tui.kiosk.pinyin.candidates import Candidate, Place, candidates
from tui.kiosk.pinyin.dictionary import Dictionary, load

MOST = 40
"""Letters; more are not taken."""
PAGE = 9
"""Candidates at once, as many as there are digits to choose them by."""
CHIP = 4
"""Cells of a candidate beside its text: its digit, a blank at either side, and one to the next."""

dictionary = cache(load)
"""Read once a process."""


class Composition:
    """What was typed and not yet chosen; `say` takes what was."""

    def __init__(self, place: Callable[[], Place], say: Callable[[str], None]) -> None:
        self._place, self._say = place, say
        self._dictionary: Dictionary | None = None
        self._found: list[Candidate] = []
        self._pages = [0]
        """Where the pages up to the shown one begin."""
        self.letters = ""

    def __bool__(self) -> bool:
        return bool(self.letters)

    def open(self, dictionary: Dictionary) -> None:
        """The dictionary has been read."""
        self._dictionary = dictionary
        self._look()

    def feed(self, letter: str) -> None:
        """One more letter, or the mark that parts two syllables."""
        if len(self.letters) < MOST and (self.letters or letter != "'"):
            self.letters += letter
            self._look()

    def erase(self) -> None:
        """The last letter."""
        self.letters = self.letters[:-1]
        self._look()

    def drop(self) -> None:
        """All of it."""
        self.letters = ""
        self._look()

    def choose(self, at: int) -> None:
        """The candidate at a place of the shown page; what it does not stand for goes on being composed."""
        place = self._pages[-1] + at
        if place < len(self._found):
            chosen = self._found[place]
            self.letters = self.letters[chosen.letters :]
            self._say(chosen.text)
            self._look()

    def shown(self, room: int) -> list[str]:
        """The candidates of the page that fit into `room` cells."""
        fit: list[str] = []
        for candidate in self._found[self._pages[-1] : self._pages[-1] + PAGE]:
            room -= cell_len(candidate.text) + CHIP
            if room < 0 and fit:
                break
            fit.append(candidate.text)
        return fit

    def turn(self, by: int, room: int) -> None:
        """The next page (1) or the one before (-1)."""
        if by < 0:
            self._pages = self._pages[:-1] or [0]
        elif self.has_more(room):
            self._pages.append(self._pages[-1] + len(self.shown(room)))

    def has_more(self, room: int) -> bool:
        """Whether there is a page behind the shown one."""
        return self._pages[-1] + len(self.shown(room)) < len(self._found)

    @property
    def has_less(self) -> bool:
        """Whether there is a page before the shown one."""
        return len(self._pages) > 1

    def _look(self) -> None:
        self._pages = [0]
        known = self._dictionary
        self._found = candidates(known, self.letters, self._place()) if known is not None and self.letters else []
