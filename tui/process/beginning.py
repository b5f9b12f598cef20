"""What every process of the program begins with: streams that take any text, and no traceback that tells values."""

import os
import sys
from codecs import lookup
from io import BufferedWriter, RawIOBase, TextIOWrapper
from types import TracebackType
from typing import NoReturn

from tui.core.exits import Exit
from tui.core.failure import Reason
from tui.process.environment import forget_inherited
from tui.process.fault import named
from tui.process.output import say


def prepare() -> None:
    """To be called before anything is printed, or asked of the environment."""
    sys.excepthook = _crashed
    _print_anywhere()
    forget_inherited()


def _print_anywhere() -> None:
    """No text fails for want of a character: ASCII, which has none of ours, becomes UTF-8.

    A closed stream is one to `/dev/null`; standard output's cannot be written, so that a result which is lost is told.
    So is what a full disk takes in part alone, which a stream without a buffer keeps to itself.
    """
    for name, mode, way in (("stdin", "r", os.O_RDONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY)):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.open(os.devnull, way), mode, encoding="utf-8"))  # noqa: SIM115 - for good
        stream = getattr(sys, name)
        if mode == "w" and isinstance(stream, TextIOWrapper):
            encoding = "utf-8" if lookup(stream.encoding).name == "ascii" else stream.encoding
            if isinstance(stream.buffer, RawIOBase):  # PYTHONUNBUFFERED
                held = TextIOWrapper(BufferedWriter(stream.detach()), encoding, "replace", line_buffering=True)
                setattr(sys, name, held)
                setattr(sys, f"__{name}__", held)  # by which Textual draws
            else:
                stream.reconfigure(encoding=encoding, errors="replace")


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> NoReturn:
    """The last line for an unexpected exception: its type and place, no values."""
    say(f"程序故障 / internal fault ({Reason.KIOSK_FAULT.number}): {named(error)}")
    raise SystemExit(Exit.FAULT)
