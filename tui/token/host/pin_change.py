"""Give a token another user PIN: its user by the old one (C_SetPIN), its operator by the SO PIN (C_InitPIN)."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import PyKCS11
from PyKCS11 import PyKCS11Error

from tui.core.certificate import PinState, Token
from tui.core.failure import Failure, Reason, TokenError
from tui.core.token import TokenStage
from tui.token.host import faults, inventory, secret_calls
from tui.token.host.driver import Driver
from tui.token.host.identity import compare, locate
from tui.token.host.login import HeldPin, check_new, refused_new
from tui.token.host.session import AskPin
from tui.token.protocol import ChangePin, Unlock

Progress = Callable[[TokenStage], None]
_OF_SO = {Reason.WRONG_PIN: Reason.SO_PIN_WRONG, Reason.PIN_LOCKED: Reason.SO_PIN_LOCKED}
_REFUSALS = frozenset(
    {
        *_OF_SO,
        *_OF_SO.values(),
        Reason.PIN_LENGTH,
        Reason.PIN_CANCELLED,
        Reason.NEW_PIN_LENGTH,
        Reason.NEW_PIN_CHARACTERS,
        Reason.NEW_PIN_WEAK,
        Reason.TOKEN_READ_ONLY,
        Reason.TOKEN_UNSUPPORTED,
    }
)


def change(driver: Driver, order: ChangePin, ask_pin: AskPin, ask_new_pin: AskPin, progress: Progress) -> None:
    """From the old PIN to the new one; each leaves once.

    :raises TokenError: WRONG_PIN, PIN_LOCKED, NEW_PIN_LENGTH, NEW_PIN_CHARACTERS, NEW_PIN_WEAK, or as the driver says.
    """
    token, certificate = locate(driver, order.certificate)
    with inventory.opened(driver, token.slot, writable=True) as session:
        held = HeldPin(driver, token, session, ask_pin())
        new = bytearray()
        try:
            new = ask_new_pin()
            compare(driver, token, certificate, session)
            progress(TokenStage.CHANGING_PIN)
            with _unchanged():
                held.change_to(new)
        finally:
            held.wipe()
            new[:] = bytes(len(new))
            with contextlib.suppress(PyKCS11Error):
                session.logout()


def unlock(driver: Driver, order: Unlock, ask_pin: AskPin, ask_new_pin: AskPin, progress: Progress) -> None:
    """A new user PIN for a token whose user has locked or forgotten the old one; `ask_pin` gives the SO PIN.

    :raises TokenError: SO_PIN_WRONG, SO_PIN_LOCKED, NEW_PIN_LENGTH, NEW_PIN_CHARACTERS or NEW_PIN_WEAK, or as the
        driver says.
    """
    token, certificate = locate(driver, order.certificate)
    with inventory.opened(driver, token.slot, writable=True) as session:
        so_pin, new = ask_pin(), bytearray()
        try:
            new = ask_new_pin()
            compare(driver, token, certificate, session)
            progress(TokenStage.CHANGING_PIN)
            with _unchanged():
                check_new(token, new)
                _log_in_as_so(driver, token, session, so_pin)
                value = secret_calls.init_pin(driver, session.session, None if token.pin_pad else new)
                if value != PyKCS11.CKR_OK:
                    raise refused_new(value)
        finally:
            for secret in (so_pin, new):
                secret[:] = bytes(len(secret))
            with contextlib.suppress(PyKCS11Error):
                session.logout()


@contextlib.contextmanager
def _unchanged() -> Iterator[None]:
    """What the token refuses leaves its PIN as it is; after any other failure it may have either."""
    try:
        yield
    except TokenError as refused:
        if refused.failure.reason not in _REFUSALS:
            raise
        raise TokenError(replace(refused.failure, token_changed=False)) from refused


def _log_in_as_so(driver: Driver, token: Token, session: Any, so_pin: bytearray) -> None:
    """C_Login(CKU_SO) once, never on a locked SO PIN."""
    if token.so_pin_state is PinState.LOCKED:
        raise TokenError(Failure(Reason.SO_PIN_LOCKED, detail="CKF_SO_PIN_LOCKED", tries_left=0))
    if not token.pin_pad and not so_pin:
        raise faults.fault(Reason.PIN_LENGTH)
    value = secret_calls.login(driver, session.session, PyKCS11.CKU_SO, None if token.pin_pad else so_pin)
    if value != PyKCS11.CKR_OK:
        failure = faults.failure(PyKCS11Error(value))
        of_so = replace(failure, reason=_OF_SO.get(failure.reason, failure.reason), token_changed=False)
        raise TokenError(_told(driver, token.slot, of_so))


def _told(driver: Driver, slot: int, failure: Failure) -> Failure:
    """A refused SO PIN with the tries that the token tells now; the last wrong one still says PIN_INCORRECT."""
    if failure.reason is Reason.SO_PIN_WRONG:
        with contextlib.suppress(PyKCS11Error):
            tries = faults.tries_left(faults.so_pin_state(driver.lib.getTokenInfo(slot).flags))
            reason = Reason.SO_PIN_LOCKED if tries == 0 else failure.reason
            return replace(failure, reason=reason, tries_left=tries, final_try=tries == 1)
    return failure
