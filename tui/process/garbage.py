"""When Python looks for garbage: neither on the way to the first paint nor while a person types.

A whole collection takes 60 ms with Textual's objects in memory, and by default comes every few seconds of typing.
"""

import gc
from contextlib import suppress

_RARE = 200
"""Collections of the middle generation before a whole one; Python's own 10 is for programs that nobody waits for."""


def put_off() -> None:
    """Collect nothing while modules are imported: what is imported stays."""
    gc.disable()


def set_aside() -> None:
    """Never look at what is there now, and at the rest, once that is looked at, seldom as a whole."""
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, _RARE)


def resume() -> None:
    """Collect from now on: a full screen draws its first frame before, in which 115 looks would take 10 ms."""
    gc.enable()


def collect() -> None:
    """A whole collection, for a moment when nobody is at the keys; what is free then goes back to the system.

    By itself glibc keeps free memory that lies below what is in use: 2.3 MiB after a renewal. Other C libraries have
    no malloc_trim(3).
    """
    import ctypes  # loaded after the first paint

    gc.collect()
    with suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
