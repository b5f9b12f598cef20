"""C_Login with a buffer that is wiped: PyKCS11's binding leaves a copy of every PIN in the process's memory."""

import ctypes
from functools import cache

from PyKCS11 import PyKCS11Error

from tui.token.driver import Driver

_C_LOGIN = 18
"""Place of C_Login among the pointers of CK_FUNCTION_LIST (PKCS #11 v2.40, 3.1 and pkcs11f.h)."""
_LOGIN = ctypes.CFUNCTYPE(ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong)


class _FunctionList(ctypes.Structure):
    """CK_FUNCTION_LIST up to C_Login."""

    _fields_ = (("version", ctypes.c_ubyte * 2), ("functions", ctypes.c_void_p * (_C_LOGIN + 1)))


def login(driver: Driver, session: int, user: int, pin: bytearray | None) -> int:
    """Log the session in as `user` (CKU_USER, CKU_CONTEXT_SPECIFIC) and give the CKR_ value.

    `pin` is UTF-8; None has the token ask on its own PIN pad. Who gave it wipes it.
    """
    call = _c_login(driver.lib.pkcs11dll_filename)
    if pin is None:
        return int(call(session, user, None, 0))
    buffer = (ctypes.c_ubyte * len(pin)).from_buffer(pin) if pin else None
    return int(call(session, user, buffer, len(pin)))


@cache
def _c_login(path: str) -> "ctypes._FuncPointer":
    """C_Login of the module, which PyKCS11 has loaded: dlopen gives the same one again."""
    listed = ctypes.POINTER(_FunctionList)()
    value = ctypes.CDLL(path).C_GetFunctionList(ctypes.byref(listed))
    if value:
        raise PyKCS11Error(value)
    return _LOGIN(listed.contents.functions[_C_LOGIN])
