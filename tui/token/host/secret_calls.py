"""The calls that take a PIN, made from a buffer that is wiped: PyKCS11's own leave a copy of it."""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import PyKCS11
from PyKCS11 import PyKCS11Error

from tui.token.host.driver import Driver

_INIT_PIN, _SET_PIN, _LOGIN = 10, 11, 18
"""Places among the pointers of CK_FUNCTION_LIST (PKCS #11 v2.40, 3.1 and pkcs11f.h)."""
_ULONG, _POINTER = ctypes.c_ulong, ctypes.c_void_p
_TYPES = {
    _INIT_PIN: ctypes.CFUNCTYPE(_ULONG, _ULONG, _POINTER, _ULONG),
    _SET_PIN: ctypes.CFUNCTYPE(_ULONG, _ULONG, _POINTER, _ULONG, _POINTER, _ULONG),
    _LOGIN: ctypes.CFUNCTYPE(_ULONG, _ULONG, _ULONG, _POINTER, _ULONG),
}


def login(driver: Driver, session: Any, user: int, pin: bytearray | None) -> int:
    """The CKR_ value of C_Login as `user` (CKU_USER, CKU_SO, CKU_CONTEXT_SPECIFIC).

    Here and below a PIN is UTF-8; None has the token ask on its own PIN pad. Who gave it wipes it.
    """
    call = _function(driver.lib.pkcs11dll_filename, _LOGIN)
    if call is not None:
        return int(call(session.value(), user, *_buffer(pin)))
    with _copied(pin) as copy:
        return int(driver.lib.lib.C_Login(session, user, copy))


def set_pin(driver: Driver, session: Any, pins: tuple[bytearray, bytearray] | None) -> int:
    """The CKR_ value of C_SetPIN from the first PIN to the second."""
    old, new = pins or (None, None)
    call = _function(driver.lib.pkcs11dll_filename, _SET_PIN)
    if call is not None:
        return int(call(session.value(), *_buffer(old), *_buffer(new)))
    with _copied(old) as old_copy, _copied(new) as new_copy:
        return int(driver.lib.lib.C_SetPIN(session, old_copy, new_copy))


def init_pin(driver: Driver, session: Any, new: bytearray | None) -> int:
    """The CKR_ value of C_InitPIN."""
    call = _function(driver.lib.pkcs11dll_filename, _INIT_PIN)
    if call is not None:
        return int(call(session.value(), *_buffer(new)))
    with _copied(new) as copy:
        return int(driver.lib.lib.C_InitPIN(session, copy))


def _buffer(pin: bytearray | None) -> tuple[Any, int]:
    """Where the PIN lies, and its length."""
    return ((ctypes.c_ubyte * len(pin)).from_buffer(pin), len(pin)) if pin else (None, 0)


class _FunctionList(ctypes.Structure):
    """CK_FUNCTION_LIST up to C_Login."""

    _fields_ = (("version", ctypes.c_ubyte * 2), ("functions", ctypes.c_void_p * (_LOGIN + 1)))


@cache
def _function(path: str, place: int) -> "Callable[..., int] | None":
    """A call of the module as PyKCS11 has loaded it: dlopen gives the same one again.

    None where each C_GetFunctionList begins another instance, as p11-kit's client does.
    """
    module, lists = ctypes.CDLL(path), [ctypes.POINTER(_FunctionList)() for _ in range(2)]
    for listed in lists:
        value = module.C_GetFunctionList(ctypes.byref(listed))
        if value:
            raise PyKCS11Error(value)
    first, second = (ctypes.addressof(listed.contents) for listed in lists)
    return _TYPES[place](lists[0].contents.functions[place]) if first == second else None


@contextmanager
def _copied(pin: bytearray | None) -> Iterator[Any]:
    """For PyKCS11's own call; the copy that it leaves ends with this process, and that with the person's visit."""
    pin = pin or bytearray()
    vector = PyKCS11.LowLevel.ckbytelist(len(pin))
    try:
        for i in range(len(vector)):
            vector[i] = pin[i]
        yield vector
    finally:
        for i in range(len(vector)):
            vector[i] = 0
