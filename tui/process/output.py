"""Where commands print: results on standard output in UTF-8, everything for people's eyes on standard error."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EIO
from stat import S_ISCHR
from typing import IO, Any, NoReturn

from tui.core.exits import Exit

_CONTROLS = *range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)
_CODES = {code: f"\\u{code:04x}" for code in _CONTROLS}
"""Of controls but tab and line feed, and of what turns the direction of writing: a file's name may hold any."""


def out(text: str) -> None:
    """Lines of the result; UTF-8 in any locale, since other programs read them."""
    put(f"{text}\n".encode())


def out_json(rows: Any) -> None:
    """An indented JSON list."""
    import msgspec

    out(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode())


def put(octets: bytes) -> None:
    """The result as it is."""
    with written():
        sys.stdout.buffer.write(octets)
        sys.stdout.buffer.flush()


def say(text: object) -> None:
    """A line on standard error, control characters by their codes; nothing where that cannot be written."""
    try:
        print(str(text).translate(_CODES), file=sys.stderr, flush=True)
    except OSError:
        _forget(sys.stderr)


def flush() -> None:
    """Write what is held back, before the program ends."""
    try:
        sys.stderr.flush()
    except OSError:
        _forget(sys.stderr)
    with written():
        sys.stdout.flush()


def unusable(error: OSError) -> str:
    """What cannot be used and why, Chinese and English."""
    return f"{error.filename or ''} 不能使用 / cannot be used: {error.strerror}".lstrip()


@contextmanager
def written() -> Iterator[None]:
    """Standard output is written in here; where it cannot be, the program ends."""
    try:
        yield
    except OSError as error:
        lost(error)


def lost(error: OSError) -> NoReturn:
    """End the program whose result cannot be written: as by the signal where nobody reads, else with a sentence."""
    hung_up = error.errno == EIO and S_ISCHR(os.fstat(sys.stdout.fileno()).st_mode)
    _forget(sys.stdout)
    if isinstance(error, BrokenPipeError):
        sys.exit(128 + signal.SIGPIPE)
    if hung_up:
        sys.exit(128 + signal.SIGHUP)
    say(f"不能写入标准输出 / standard output cannot be written: {error.strerror}")
    sys.exit(Exit.USAGE)


def _forget(stream: IO[str]) -> None:
    """Let what the stream holds back go nowhere: Python would try once more at its end, and exit with 120."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
