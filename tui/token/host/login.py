"""Hold the PIN of one step, log in with it and change it, from a buffer that is wiped."""

import contextlib
from dataclasses import replace
from typing import Any

import PyKCS11
from PyKCS11 import PyKCS11Error

from tui.core.certificate import PinState, Token
from tui.core.failure import Failure, Reason, TokenError
from tui.token.host import faults, secret_calls
from tui.token.host.driver import Driver

_OF_ANY_LOGIN = frozenset({Reason.PIN_LOCKED, Reason.PIN_CANCELLED, Reason.TOKEN_REMOVED})
"""Refusals that mean the same whatever C_Login was for; any other is about the key that demands its PIN."""

_OF_NEW = {
    PyKCS11.CKR_PIN_LEN_RANGE: Reason.NEW_PIN_LENGTH,
    PyKCS11.CKR_PIN_INVALID: Reason.NEW_PIN_CHARACTERS,
    PyKCS11.CKR_PIN_TOO_WEAK: Reason.NEW_PIN_WEAK,
}


class HeldPin:
    """The PIN of one step: for its C_Login, and for keys that demand it again at every signature.

    It is held to the step's end, since a key that the token makes meanwhile may demand it too.
    """

    def __init__(self, driver: Driver, token: Token, session: Any, pin: bytearray) -> None:
        self._driver, self._token, self._session, self._pin = driver, token, session, pin
        self._accepted = False

    def log_in(self) -> None:
        """C_Login(CKU_USER); one that says "logged in already" has not looked at the PIN.

        :raises TokenError: the PIN was refused, or the login failed.
        """
        self._accepted = self._login(PyKCS11.CKU_USER) == PyKCS11.CKR_OK

    def log_in_for_signature(self) -> None:
        """C_Login(CKU_CONTEXT_SPECIFIC), with a PIN that the token has accepted in this step and never refused since.

        :raises TokenError: SIGNING_PIN_REFUSED, PIN_LOCKED, PIN_CANCELLED or TOKEN_REMOVED.
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

    def change_to(self, new: bytearray) -> None:
        """C_SetPIN, once; a pad of the token's own asks for both PINs, after no login.

        :raises TokenError: either PIN was refused, or the change failed.
        """
        token = self._token
        check_new(token, new)
        if token.pin_state is PinState.LOCKED:
            raise _locked()
        if not token.pin_pad:
            self._log_in_to_change()
        pins = None if token.pin_pad else (self._pin, new)
        value = secret_calls.set_pin(self._driver, self._session.session, pins)
        if value != PyKCS11.CKR_OK:
            refused = refused_new(value)
            raise TokenError(_refusal(self._driver, token.slot, refused.failure)) from refused

    def _log_in_to_change(self) -> None:
        """Tell a wrong old PIN from a new one that is refused; one that has expired is good for its change alone."""
        try:
            self._login(PyKCS11.CKU_USER)
        except TokenError as refused:
            if refused.failure.reason is not Reason.PIN_EXPIRED:
                raise TokenError(replace(refused.failure, token_changed=False)) from refused

    def wipe(self) -> None:
        """Overwrite the PIN."""
        self._pin[:] = bytes(len(self._pin))

    def _login(self, user: int) -> int:
        """C_Login once, never on a locked token; what it answered."""
        token, pin = self._token, self._pin
        if token.pin_state is PinState.LOCKED:
            raise _locked()
        if not token.pin_pad and not max(1, token.pin_min) <= len(pin) <= (token.pin_max or len(pin)):
            raise faults.fault(Reason.PIN_LENGTH, f"{token.pin_min}-{token.pin_max}")
        value = secret_calls.login(self._driver, self._session.session, user, None if token.pin_pad else pin)
        if value not in (PyKCS11.CKR_OK, PyKCS11.CKR_USER_ALREADY_LOGGED_IN):
            error = PyKCS11Error(value)
            raise TokenError(_refusal(self._driver, token.slot, faults.failure(error))) from error
        return value


def _locked() -> TokenError:
    return TokenError(Failure(Reason.PIN_LOCKED, detail="CKF_USER_PIN_LOCKED", tries_left=0))


def check_new(token: Token, new: bytearray) -> None:
    """Raise NEW_PIN_LENGTH for a length that the token says it does not take."""
    if not token.pin_pad and not max(1, token.pin_min) <= len(new) <= (token.pin_max or len(new)):
        raise faults.fault(Reason.NEW_PIN_LENGTH, f"{token.pin_min}-{token.pin_max}")


def refused_new(value: int) -> TokenError:
    """What C_SetPIN or C_InitPIN answers, once the PIN that allows it was accepted, is about the new one."""
    failure = faults.failure(PyKCS11Error(value))
    return TokenError(replace(failure, reason=_OF_NEW.get(value, failure.reason)))


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
