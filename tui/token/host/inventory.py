"""Look at the tokens behind a driver and take down what each says and holds."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import PyKCS11
from PyKCS11 import PyKCS11Error

from tui.core.certificate import Token
from tui.core.failure import Reason
from tui.core.text_safety import printable
from tui.token.host import faults
from tui.token.host.capture import contents
from tui.token.host.contents import Listing, Read
from tui.token.host.driver import Driver


@contextlib.contextmanager
def opened(driver: Driver, slot: int, *, writable: bool = False) -> Iterator[Any]:
    """A PKCS#11 session that is closed again even when the token is gone."""
    session = driver.lib.openSession(slot, PyKCS11.CKF_RW_SESSION if writable else 0)
    try:
        yield session
    finally:
        with contextlib.suppress(PyKCS11Error):
            session.closeSession()


def tokens(driver: Driver, slots: Sequence[int], read: Read) -> tuple[Token, ...]:
    """Every token in use in these slots and what is on it; one that cannot be reached counts as absent."""
    found = []
    for slot in slots:
        with contextlib.suppress(PyKCS11Error):
            if driver.lib.getSlotInfo(slot).flags & PyKCS11.CKF_TOKEN_PRESENT:
                info = driver.lib.getTokenInfo(slot)
                token = _token(driver, slot, info, read)
                if info.flags & PyKCS11.CKF_TOKEN_INITIALIZED or _in_use(token, info.flags):
                    found.append(token)
    return tuple(found)


def _in_use(token: Token, flags: int) -> bool:
    """Whether a token that does not call itself initialised is one: some vendors never set that flag."""
    return bool(token.certificates or token.bare_keys) or (_has_user_pin(flags) and not token.fault)


def _has_user_pin(flags: int) -> bool:
    wanted = PyKCS11.CKF_USER_PIN_INITIALIZED | PyKCS11.CKF_LOGIN_REQUIRED
    return bool(flags & wanted == wanted)


def _token(driver: Driver, slot: int, info: Any, read: Read) -> Token:
    fault, listing = "", Listing((), ())
    try:
        with opened(driver, slot) as session:
            listing = read(contents(session))
    except PyKCS11Error as error:
        if faults.failure(error).reason is Reason.TOKEN_REMOVED or error.value == PyKCS11.CKR_GENERAL_ERROR:
            raise
        fault = faults.name(error)
    state = faults.pin_state(info.flags)
    signs = any(certificate.for_signing and certificate.readable for certificate in listing.certificates)
    return Token(
        module=driver.lib.pkcs11dll_filename,
        slot=slot,
        label=text(info.label),
        serial=text(info.serialNumber),
        model=text(info.model),
        pin_state=state,
        pin_pad=bool(info.flags & PyKCS11.CKF_PROTECTED_AUTHENTICATION_PATH),
        pin_min=info.ulMinPinLen,
        pin_max=info.ulMaxPinLen,
        certificates=listing.certificates,
        fault=fault,
        tries_left=faults.tries_left(state),
        bare_keys=listing.bare_keys,
        hides=_has_user_pin(info.flags) and not fault and not signs,
        pin_to_be_changed=bool(info.flags & PyKCS11.CKF_USER_PIN_TO_BE_CHANGED),
        so_pin_state=faults.so_pin_state(info.flags),
    )


def text(padded: str) -> str:
    """A fixed-width field of CK_TOKEN_INFO without its padding and anything unsafe."""
    return printable(padded)
