"""Watch a driver's slots: read their state often, which is cheap, and objects only when it changed."""

import time
from collections.abc import Hashable

import PyKCS11
from PyKCS11 import PyKCS11Error

from tui.core.certificate import Token
from tui.core.frozen import frozen
from tui.core.token import Readers
from tui.token.host import inventory, usb
from tui.token.host.contents import Contents, Listing, Read
from tui.token.host.driver import Driver
from tui.token.host.slot_monitor import SlotMonitor

_SHORTEST, _LONGEST, _LONGEST_OF_SOFTWARE, _LONGEST_WITH_MONITOR = 0.05, 1.0, 4.0, 5.0
"""Seconds between two looks: a token that is software no hand pulls out, and only a restart may notice it."""
_THRIFT = 3000
"""A look is followed by this many times the CPU time that it cost of rest: a thirtieth of a percent of a core."""
_EAGER = 5
"""Looks after a report of the slot monitor, at growing distances: a driver may notice later than PC/SC itself."""
_DOUBT = 1.5
"""Seconds after which a card that is no token yet, or cannot be read, is taken for one that will not be."""
_RESTART_WITHOUT_TOKEN, _RESTART = 0.25, 3.0
"""Seconds between two restarts of a driver that has to be restarted to notice anything."""
_WHOLE = 3
"""Restarts with a token there, after which its objects are looked at, too: they cost more than all else."""
_BROKEN = (PyKCS11.CKR_GENERAL_ERROR, PyKCS11.CKR_DEVICE_ERROR, PyKCS11.CKR_CRYPTOKI_NOT_INITIALIZED)

_Known = tuple[bytes, int]
"""What a token says of itself, and its flags."""


@frozen
class _SlotState:
    """What the slots show without a look at any object."""

    tokens: tuple[tuple[int, _Known], ...] = ()
    """(slot, what its token says)."""
    slots: int = 0
    hardware: bool = False
    """A slot is a reader (CKF_HW_SLOT): such drivers rescan by themselves."""
    occupied: bool = False
    """A reader says that a token is in, whether or not it can be asked anything."""
    broken: bool = False
    """A call failed in a way that only a restart cures."""

    @property
    def initialised(self) -> set[int]:
        """Slots of the tokens that call themselves initialised."""
        return {slot for slot, (_, flags) in self.tokens if flags & PyKCS11.CKF_TOKEN_INITIALIZED}


class Watcher:
    """Notices tokens that come and go, also behind drivers that never look again or break on removal."""

    def __init__(self, driver: Driver, monitor: SlotMonitor, read: Read) -> None:
        self._driver = driver
        self._monitor = monitor
        self._read = read
        self._known: dict[Hashable, Listing] = {}
        """What was read at the last look, which need not be read again."""
        self._eager = 0
        """How many quick looks are still to come."""
        self._puzzled: float | None = None
        """Since when something is in a reader of which no token is told."""
        self._spent = time.process_time()
        self._seen: tuple[tuple[int, _Known], ...] | None = None
        self._told: tuple[Token, ...] | None = None
        self._restarted = time.monotonic()
        self._restarts = 0
        """Since the objects were looked at."""
        self.pause = _SHORTEST
        """Seconds until the next look."""
        self.readers = Readers.UNKNOWN
        """As far as the last look could tell."""

    def forget(self) -> None:
        """Make the next look a whole one: an operation may have changed the objects or the PIN's state."""
        self._seen = None

    def look(self) -> tuple[Token, ...] | None:
        """All tokens if something changed, they or `readers`, else None."""
        if self._monitor.changed():
            self._eager = _EAGER
            self.forget()  # another token may be in the place of the one that was
        state = self._slot_state()
        restarted = time.monotonic() - self._restarted >= _restart_after(state, self._told)
        if restarted:
            self._restart()
            state = self._slot_state()
        changed = self._changed(state, restarted)
        before, self.readers = self.readers, _readers(state, self._monitor.readers)
        if self._puzzles(state) and self.readers is Readers.PRESENT:
            self.readers = Readers.CARD_UNKNOWN
        self.pause = self._next_pause(longest=_longest(state, self._told, pcsc_tells=self._monitor.works))
        return self._told if self.readers is not before else changed

    def _puzzles(self, state: _SlotState) -> bool:
        """Whether something has been in a reader for so long without a token to be told of that none will come."""
        if self._told or not (self._monitor.card or state.occupied):
            self._puzzled = None
            return False
        self._puzzled = self._puzzled or time.monotonic()
        return time.monotonic() - self._puzzled >= _DOUBT

    def _next_pause(self, longest: float) -> float:
        """Soon after a report of the slot monitor, else by what the last look cost, with all around it."""
        before, self._spent = self._spent, time.process_time()
        if self._eager:
            self._eager -= 1
            return _SHORTEST * 2.0 ** (_EAGER - 1 - self._eager)
        return min(longest, max(_SHORTEST, _THRIFT * (self._spent - before)))

    def _changed(self, state: _SlotState, restarted: bool) -> tuple[Token, ...] | None:
        # Without a reader another program may write to the token unnoticed, so restarts look at the objects too.
        whole = restarted and (not self._told or self._restarts >= _WHOLE)
        if state.tokens == self._seen and not whole:
            return None
        self._restarts = 0
        tokens = self._tokens([slot for slot, _ in state.tokens])
        # A token that could not be read is read again at the next look; one that is blank is read once.
        self._seen = state.tokens if state.initialised <= {token.slot for token in tokens} else None
        if tokens == self._told:
            return None
        self._told = tokens
        return tokens

    def _tokens(self, slots: list[int]) -> tuple[Token, ...]:
        before, self._known = self._known, {}

        def read(contents: Contents) -> Listing:
            same = contents.unordered
            listing = self._known[same] = before.get(same) or self._read(contents)
            return listing

        return inventory.tokens(self._driver, slots, read)

    def _restart(self) -> None:
        self._restarted = time.monotonic()
        self._restarts += 1
        try:
            self._driver.restart()
        except PyKCS11Error:
            self._seen = None

    def _slot_state(self) -> _SlotState:
        lib = self._driver.lib
        known = dict(self._seen or ())
        tokens, hardware, occupied, broken = [], False, False, False
        try:
            slots = self._driver.slots()
        except PyKCS11Error:
            return _SlotState(broken=True)
        for slot in slots:
            try:
                flags = lib.slot_flags(slot)
                reader = bool(flags & PyKCS11.CKF_HW_SLOT)
                hardware |= reader
                if not flags & PyKCS11.CKF_TOKEN_PRESENT:
                    continue
                occupied |= reader
                # C_GetTokenInfo may wait for another program's long operation; a reader's flag is proof enough.
                # A driver without readers may go on calling a token present that is gone: it is asked each time.
                if not reader or slot not in known:
                    known[slot] = lib.token_marks(slot)
                tokens.append((slot, known[slot]))
            except PyKCS11Error as error:
                broken |= error.value in _BROKEN
        return _SlotState(tuple(tokens), len(slots), hardware, occupied, broken)


def _readers(state: _SlotState, by_service: Readers) -> Readers:
    """By the driver's slots where they are none, else by PC/SC where the driver asks it, else by the slots again."""
    if state.slots and not state.hardware:
        return Readers.NOT_NEEDED
    if by_service is Readers.UNKNOWN:
        return Readers.PRESENT if state.hardware else Readers.UNKNOWN
    return Readers.UNRECOGNISED if by_service is Readers.NONE and usb.has_smart_card_device() else by_service


def _longest(state: _SlotState, told: tuple[Token, ...] | None, *, pcsc_tells: bool) -> float:
    """Seconds that the next look may be away."""
    if pcsc_tells:
        return _LONGEST_WITH_MONITOR
    return _LONGEST_OF_SOFTWARE if told and not state.hardware else _LONGEST


def _restart_after(state: _SlotState, told: tuple[Token, ...] | None) -> float:
    """Seconds since the last restart after which this driver needs one."""
    if state.broken:
        return _RESTART_WITHOUT_TOKEN
    if state.hardware:
        return float("inf")
    return _RESTART_WITHOUT_TOKEN if state.slots and not state.initialised and not told else _RESTART
