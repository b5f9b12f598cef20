"""Read a PIN from a file, and refuse files with a secret that are open to others."""

import os
import select
import signal
from pathlib import Path

from tui.core.secret import Pin
from tui.process.secret_files import open_to_others
from tui.process.tables import SettingsError

LONGEST_PIN = 256
"""Bytes; longer than any token takes."""
_BOM = b"\xef\xbb\xbf"
_UTF_16 = b"\xff\xfe", b"\xfe\xff"
_CONTROL = bytes((*range(0x20), 0x7F))


def read_pin(path: Path) -> Pin:
    """The first line of a file as PIN, without the mark that Windows' editors put before UTF-8.

    What no person types is refused before a token counts a try for it. A pipe is waited for; a signal's handler,
    which the main thread runs, ends that by raising.

    :raises SettingsError: it cannot be read, or holds no PIN.
    """
    buffer = bytearray(len(_BOM) + LONGEST_PIN + 1)
    try:
        length = _read_into(buffer, path)
    except OSError as error:
        raise SettingsError(path, "", "无法读取", f"cannot be read ({error.strerror})") from error
    utf_16 = buffer.startswith(_UTF_16)
    begin = len(_BOM) if buffer.startswith(_BOM) else 0
    line_end = min((at for mark in b"\r\n" if (at := buffer.find(mark, begin, length)) >= 0), default=length)
    control = any(octet in _CONTROL for octet in memoryview(buffer)[begin:line_end])
    foreign = any(octet > 0x7F for octet in memoryview(buffer)[begin:line_end])
    fits = 0 < line_end - begin <= LONGEST_PIN and not (utf_16 or control or foreign)
    pin = Pin(memoryview(buffer)[begin:line_end].tobytes()) if fits else None
    buffer[:] = bytes(len(buffer))
    if utf_16:
        raise SettingsError(path, "", "是 UTF-16，请另存为 UTF-8", "is UTF-16: save it as UTF-8")
    if control:
        raise SettingsError(path, "", "的CA密码中有控制字符", "has control characters in its PIN")
    if foreign:
        raise SettingsError(
            path, "", "的CA密码中有全角或其他键盘上打不出的字符", "has characters in its PIN that no keyboard has"
        )
    if pin is None:
        raise SettingsError(path, "", "里没有CA密码", "holds no PIN")
    return pin


def _read_into(buffer: bytearray, path: Path) -> int:
    """How many bytes of the file fit."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)  # else a pipe is waited for here already
    try:
        _await(descriptor)
        return os.readv(descriptor, [buffer])
    finally:
        os.close(descriptor)


def _await(descriptor: int) -> None:
    """Until it can be read.

    A signal that comes just before a system call is handled after it only; what it leaves in a pipe ends a poll.
    """
    heard, told = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    before = signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    try:
        either = select.poll()
        either.register(descriptor, select.POLLIN)
        either.register(heard, select.POLLIN)
        while descriptor not in dict(either.poll()):
            os.read(heard, 512)
    finally:
        signal.set_wakeup_fd(before)
        os.close(heard)
        os.close(told)


def refuse_open(path: Path) -> None:
    """Let nobody but its owner read or change a file with a secret.

    :raises SettingsError: others may.
    """
    try:
        why = open_to_others(path)
    except OSError:  # told by whoever reads it
        return
    if why:
        chinese, _, english = why.removeprefix(f"{path} ").partition(" / ")
        raise SettingsError(path, "", f"里面有密码，{chinese}", f"holds a secret and {english}")
