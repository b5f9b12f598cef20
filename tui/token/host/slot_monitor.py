"""Readers and cards watched through PC/SC itself, so that a driver need not be asked all the time.

OpenSC spends a millisecond of CPU on every look at every reader, for libpcsclite spins while it waits for nothing. A
thread that blocks in SCardGetStatusChange costs nothing, and releases the interpreter. Where there is no pcsc-lite
nothing is ever reported; what is reported is a reason to look at the driver, never a fact about its tokens.
"""

import ctypes
import os
import sys
import threading
import time
from typing import Any, Final

from tui.core.pcsc import LIBRARY, NO_SERVICE, NOT_ALLOWED, SYSTEM_SCOPE, TIMEOUT, UNKNOWN_READER
from tui.core.token import Readers

_UNSIGNED, _READER_LENGTH = 0xFFFFFFFF, 128
_FIRST_WAIT, _WAIT = 1_000, 60_000
"""Milliseconds until the readers are listed again, after a change and from then on.

The library counts the readers when a wait begins, and what came between the list and the wait it never tells (up to
pcsc-lite 2.2, and for the first wait to this day). A hand is at work after a change rather than at another time, and
may have put another key in the place of the one that was, under its name: the driver is looked at once more then.
"""
_FAILURES: Final = {NO_SERVICE: Readers.NO_SERVICE, NOT_ALLOWED: Readers.NOT_ALLOWED}
_UNAWARE, _CHANGED, _PRESENT = 0x0000, 0x0002, 0x0020
_OK = 0
_NEW_READERS: Final = b"\\\\?PnP?\\Notification"
"""The name of no reader: its state changes when readers come and go."""
_REST: Final = 3.0
"""Seconds between two tries to reach pcscd."""


class _ReaderState(ctypes.Structure):
    """SCARD_READERSTATE of pcsc-lite."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("data", ctypes.c_void_p),
        ("current", ctypes.c_ulong),
        ("event", ctypes.c_ulong),
        ("atr_length", ctypes.c_ulong),
        ("atr", ctypes.c_ubyte * 33),
    )


class SlotMonitor:
    """Reports that something changed in the slots; `descriptor` becomes readable at each change that PC/SC tells."""

    def __init__(self) -> None:
        """Start listening; the environment that names pcscd's socket must be set already."""
        self.descriptor, self._writer = os.pipe()
        os.set_blocking(self.descriptor, False)
        self.works = False
        """PC/SC answers, so that looks at the driver may be rare."""
        self.readers = Readers.UNKNOWN
        """What PC/SC says, where the driver asks it too."""
        self.card = False
        """A card is in one of the readers, whether or not a driver knows it."""
        if sys.platform == "linux":
            threading.Thread(target=self._listen, name="slot-monitor", daemon=True).start()

    def changed(self) -> bool:
        """Whether a change was reported since the last question."""
        try:
            return bool(os.read(self.descriptor, 4096))
        except BlockingIOError:
            return False

    def _listen(self) -> None:
        used = LIBRARY in _mapped()
        try:
            library = ctypes.CDLL(LIBRARY)
        except OSError:
            return
        states = ctypes.POINTER(_ReaderState)
        library.SCardGetStatusChange.argtypes = (ctypes.c_long, ctypes.c_ulong, states, ctypes.c_ulong)
        library.SCardReleaseContext.argtypes = (ctypes.c_long,)
        while True:
            context = ctypes.c_long()
            code = library.SCardEstablishContext(SYSTEM_SCOPE, None, None, ctypes.byref(context)) & _UNSIGNED
            if code == _OK:
                self._wait(library, context, used)
                self.card = False
                library.SCardReleaseContext(context)
                os.write(self._writer, b"!")
            elif used:
                self._tell(_FAILURES.get(code, Readers.NO_SERVICE))
            self.works = False
            time.sleep(_REST)

    def _tell(self, readers: Readers) -> None:
        if readers is not self.readers:
            self.readers = readers
            os.write(self._writer, b"!")

    def _wait(self, library: Any, context: ctypes.c_long, used: bool) -> None:
        """Report every change until pcscd is gone."""
        known: dict[bytes, int] = {}
        patience = _FIRST_WAIT
        while True:
            names = (_NEW_READERS, *_readers(library, context))
            if used:
                self._tell(Readers.PRESENT if len(names) > 1 else Readers.NONE)
            asked = [_ReaderState(name, None, known.get(name, _UNAWARE)) for name in names]
            states = (_ReaderState * len(asked))(*asked)
            code = library.SCardGetStatusChange(context, patience, states, len(names)) & _UNSIGNED
            if code == TIMEOUT:
                if patience == _FIRST_WAIT:
                    os.write(self._writer, b"!")
                patience = _WAIT
                continue
            if code == UNKNOWN_READER:
                patience = _FIRST_WAIT
                continue
            if code != _OK:
                return
            patience = _FIRST_WAIT
            known = {state.name: state.event & ~_CHANGED for state in states}
            self.card = any(state.event & _PRESENT for state in states)
            self.works = True
            os.write(self._writer, b"!")


def _mapped() -> str:
    """What this process has loaded, the driver and its libraries among it."""
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
        return maps.read()


def _readers(library: Any, context: ctypes.c_long) -> tuple[bytes, ...]:
    """The names of all readers; none where pcscd says that there is none."""
    length = ctypes.c_ulong()
    if library.SCardListReaders(context, None, None, ctypes.byref(length)) & _UNSIGNED != _OK:
        return ()
    names = ctypes.create_string_buffer(length.value + _READER_LENGTH)
    length.value = len(names)
    if library.SCardListReaders(context, None, names, ctypes.byref(length)) & _UNSIGNED != _OK:
        return ()
    return tuple(filter(None, names.raw[: length.value].split(b"\0")))
