"""Hold the PIN of one step and log in from a buffer that is wiped: PyKCS11's own call leaves a copy of it."""

import contextlib
import ctypes
from dataclasses import replace
from functools import cache
from typing import Any

import PyKCS11
from PyKCS11 import PyKCS11Error

from tui.core.certificate import PinState, Token
from tui.core.failure import Failure, Reason, TokenError
from tui.token.host import faults
from tui.token.host.driver import Driver

_OF_ANY_LOGIN = frozenset({Reason.PIN_LOCKED, Reason.PIN_CANCELLED, Reason.TOKEN_REMOVED})
"""Refusals that mean the same whatever C_Login was for; any other is about the key that demands its PIN."""
_C_LOGIN = 18
"""Place of C_Login among the pointers of CK_FUNCTION_LIST (PKCS #11 v2.40, 3.1 and pkcs11f.h)."""
_LOGIN = ctypes.CFUNCTYPE(ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong)


class HeldPin:
    """The PIN of one step: for its C_Login, and for keys that demand it again at every signature.

    It is held to the step's end, since a key that the token makes meanwhile may demand it too.
    """

    def __init__(self, driver: Driver, token: Token, session: Any, pin: bytearray) -> None:
        self._driver, self._token, self._session, self._pin = driver, token, session, pin
        self._accepted = False

    def log_in(self) -> None:
        """C_Login(CKU_USER); raise `TokenError`. One that says "logged in already" has not looked at the PIN."""
        self._accepted = self._login(PyKCS11.CKU_USER) == PyKCS11.CKR_OK

    def log_in_for_signature(self) -> None:
        """C_Login(CKU_CONTEXT_SPECIFIC), with a PIN that the token has accepted in this step and never refused since.

        Raises SIGNING_PIN_REFUSED, PIN_LOCKED, PIN_CANCELLED or TOKEN_REMOVED.
        """
        if not self._accepted:
            raise faults.fault(Reason.SIGNING_PIN_REFUSED, "not asked")
        self._accepted = False
        try:
            self._login(PyKCS11.CKU_CONTEXT_SPECIFIC)
        except TokenError as refused:
            failure = refused.failure
            if failure.reason in _OF_ANY_LOGIN:
                raise
            raise TokenError(replace(failure, reason=Reason.SIGNING_PIN_REFUSED)) from refused
        self._accepted = True

    def wipe(self) -> None:
        """Overwrite the PIN."""
        self._pin[:] = bytes(len(self._pin))

    def _login(self, user: int) -> int:
        """C_Login once, never on a locked token; what it answered."""
        token, pin = self._token, self._pin
        if token.pin_state is PinState.LOCKED:
            raise TokenError(Failure(Reason.PIN_LOCKED, detail="CKF_USER_PIN_LOCKED", tries_left=0))
        if not token.pin_pad and not max(1, token.pin_min) <= len(pin) <= (token.pin_max or len(pin)):
            raise faults.fault(Reason.PIN_LENGTH, f"{token.pin_min}-{token.pin_max}")
        value = _c_login(self._driver, self._session.session, user, None if token.pin_pad else pin)
        if value not in (PyKCS11.CKR_OK, PyKCS11.CKR_USER_ALREADY_LOGGED_IN):
            error = PyKCS11Error(value)
            raise TokenError(_refusal(self._driver, token.slot, faults.failure(error))) from error
        return value


def _refusal(driver: Driver, slot: int, failure: Failure) -> Failure:
    """A refused login with the tries left that the token tells now; the last wrong PIN still says PIN_INCORRECT."""
    if failure.reason is not Reason.WRONG_PIN:
        return failure
    with contextlib.suppress(PyKCS11Error):
        state = faults.pin_state(driver.lib.getTokenInfo(slot).flags)
        tries = faults.tries_left(state)
        locked = tries == 0
        return replace(
            failure,
            reason=Reason.PIN_LOCKED if locked else failure.reason,
            tries_left=tries,
            final_try=tries == 1,
        )
    return failure


class _FunctionList(ctypes.Structure):
    """CK_FUNCTION_LIST up to C_Login."""

    _fields_ = (("version", ctypes.c_ubyte * 2), ("functions", ctypes.c_void_p * (_C_LOGIN + 1)))


def _c_login(driver: Driver, session: Any, user: int, pin: bytearray | None) -> int:
    """The CKR_ value of a login as `user` (CKU_USER, CKU_CONTEXT_SPECIFIC).

    `pin` is UTF-8; None has the token ask on its own PIN pad. Who gave it wipes it.
    """
    call = _function(driver.lib.pkcs11dll_filename)
    if call is None:
        return _copied(driver, session, user, pin or bytearray())
    number = session.value()
    if pin is None:
        return int(call(number, user, None, 0))
    buffer = (ctypes.c_ubyte * len(pin)).from_buffer(pin) if pin else None
    return int(call(number, user, buffer, len(pin)))


@cache
def _function(path: str) -> "ctypes._FuncPointer | None":
    """C_Login of the module as PyKCS11 has loaded it: dlopen gives the same one again.

    None where each C_GetFunctionList begins another instance, as p11-kit's client does.
    """
    module, lists = ctypes.CDLL(path), [ctypes.POINTER(_FunctionList)() for _ in range(2)]
    for listed in lists:
        value = module.C_GetFunctionList(ctypes.byref(listed))
        if value:
            raise PyKCS11Error(value)
    first, second = (ctypes.addressof(listed.contents) for listed in lists)
    return _LOGIN(lists[0].contents.functions[_C_LOGIN]) if first == second else None


def _copied(driver: Driver, session: Any, user: int, pin: bytearray) -> int:
    """By PyKCS11's own call; the copy that it leaves ends with this process, and that with the person's visit."""
    vector = PyKCS11.LowLevel.ckbytelist(len(pin))
    try:
        for i in range(len(vector)):
            vector[i] = pin[i]
        return int(driver.lib.lib.C_Login(session, user, vector))
    finally:
        for i in range(len(vector)):
            vector[i] = 0
