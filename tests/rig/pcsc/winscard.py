"""libpcsclite itself, for tests to call in a `tests.rig.child` process: the library remembers its socket."""

import ctypes
import threading
from functools import cache

from tests.rig.pcsc.messages import Code, Disposition, Protocol, Share

NOTIFICATION = "\\\\?PnP?\\Notification"
"""The name under which a client waits for readers to come and go."""
FOREVER = 0xFFFFFFFF
_DWORD = ctypes.c_ulong
_Handle = ctypes.c_long


class _ReaderState(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("user_data", ctypes.c_void_p),
        ("current", _DWORD),
        ("event", _DWORD),
        ("atr_length", _DWORD),
        ("atr", ctypes.c_ubyte * 33),
    )


@cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL("libpcsclite.so.1")


@cache
def _context() -> _Handle:
    context = _Handle()
    _call("EstablishContext", 2, None, None, ctypes.byref(context))
    return context


class PcscError(Exception):
    """A function's return value, other than success."""


def _call(name: str, *arguments: object) -> None:
    value = _library()[f"SCard{name}"](*arguments) & 0xFFFFFFFF
    if value:
        raise PcscError(Code(value).name)


def readers() -> list[str]:
    """SCardListReaders.

    :raises PcscError: there is none.
    """
    room = _DWORD(4096)
    names = ctypes.create_string_buffer(room.value)
    _call("ListReaders", _context(), None, names, ctypes.byref(room))
    return [name.decode() for name in names.raw[: room.value].split(b"\0") if name]


def await_change(name: str, current: int = 0, milliseconds: int = FOREVER) -> int:
    """SCardGetStatusChange for one reader: its new state (SCARD_STATE_*)."""
    state = _ReaderState(name=name.encode(), current=current)
    _call("GetStatusChange", _context(), _DWORD(milliseconds), ctypes.byref(state), _DWORD(1))
    return int(state.event)


def cancelled_wait(name: str) -> str:
    """SCardGetStatusChange, ended by SCardCancel from another thread: what it fails with."""
    done = threading.Event()

    def cancel() -> None:
        # A cancel that comes before the wait has no effect, and nobody tells when the wait begins.
        while not done.wait(0.01):
            _call("Cancel", _context())

    _context()
    thread = threading.Thread(target=cancel)
    thread.start()
    try:
        await_change(name)
    except PcscError as failed:
        return str(failed)
    finally:
        done.set()
        thread.join()
    return ""


def connect(name: str, share: Share = Share.SHARED) -> tuple[int, Protocol]:
    """SCardConnect: the handle and the protocol."""
    handle, protocol = _Handle(), _DWORD()
    preferred = _DWORD(Protocol.T0 | Protocol.T1)
    out = ctypes.byref(handle), ctypes.byref(protocol)
    _call("Connect", _context(), name.encode(), _DWORD(share), preferred, *out)
    return handle.value, Protocol(protocol.value)


def reconnect(handle: int, disposition: Disposition = Disposition.LEAVE) -> None:
    """SCardReconnect."""
    protocol = _DWORD()
    modes = _DWORD(Share.SHARED), _DWORD(Protocol.T0 | Protocol.T1), _DWORD(disposition)
    _call("Reconnect", _Handle(handle), *modes, ctypes.byref(protocol))


def disconnect(handle: int, disposition: Disposition = Disposition.LEAVE) -> None:
    """SCardDisconnect."""
    _call("Disconnect", _Handle(handle), _DWORD(disposition))


def begin(handle: int) -> None:
    """SCardBeginTransaction; the library asks until it may."""
    _call("BeginTransaction", _Handle(handle))


def end(handle: int, disposition: Disposition = Disposition.LEAVE) -> None:
    """SCardEndTransaction."""
    _call("EndTransaction", _Handle(handle), _DWORD(disposition))


def transmit(handle: int, apdu: bytes) -> bytes:
    """SCardTransmit over T=1."""
    header = (ctypes.c_ulong * 2)(Protocol.T1, 16)
    room = _DWORD(65538)
    reply = ctypes.create_string_buffer(room.value)
    command = apdu, _DWORD(len(apdu))
    _call("Transmit", _Handle(handle), header, *command, None, reply, ctypes.byref(room))
    return reply.raw[: room.value]


def status(handle: int) -> None:
    """SCardStatus."""
    _call("Status", _Handle(handle), None, None, None, None, None, None)


def attribute(handle: int, which: int) -> bytes:
    """SCardGetAttrib."""
    room = _DWORD(264)
    value = ctypes.create_string_buffer(room.value)
    _call("GetAttrib", _Handle(handle), _DWORD(which), value, ctypes.byref(room))
    return value.raw[: room.value]


def control(handle: int, code: int) -> bytes:
    """SCardControl without data."""
    reply, length = ctypes.create_string_buffer(264), _DWORD()
    buffers = b"", _DWORD(0), reply, _DWORD(264)
    _call("Control", _Handle(handle), _DWORD(code), *buffers, ctypes.byref(length))
    return reply.raw[: length.value]
