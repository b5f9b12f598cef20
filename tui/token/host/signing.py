"""Call C_SignInit and C_Sign, and between them give the PIN that some keys demand at every signature."""

from collections.abc import Callable
from typing import Any, Final

import PyKCS11
from PyKCS11 import PyKCS11Error

from tui.token.host.attributes import told

_ACTIVE: Final = (PyKCS11.CKR_OK, PyKCS11.CKR_OPERATION_ACTIVE)


class Signer:
    """Signs in one session after C_Login."""

    def __init__(self, session: Any, authenticate: Callable[[], None]) -> None:
        """`authenticate` is C_Login(CKU_CONTEXT_SPECIFIC); what it raises, `sign` does."""
        self._session, self._authenticate = session, authenticate
        self._demanding: dict[int, bool] = {}
        """Handle to CKA_ALWAYS_AUTHENTICATE (PKCS#11 v2.40 4.9)."""

    def sign(self, key: Any, mechanism: PyKCS11.Mechanism, data: bytes, confirm: Callable[[], None]) -> bytes:
        """A signature by the private key; `confirm` compares the token again before a PIN that was not foreseen."""
        number = key.value()
        if number not in self._demanding:
            self._demanding[number] = any(told(self._session, key, PyKCS11.CKA_ALWAYS_AUTHENTICATE))
        try:
            return self._signed(key, mechanism, data, (PyKCS11.CKR_OK,))
        except PyKCS11Error as refused:
            if self._demanding[number] or refused.value != PyKCS11.CKR_USER_NOT_LOGGED_IN:
                raise
        confirm()
        self._demanding[number] = True
        return self._signed(key, mechanism, data, _ACTIVE)

    def _signed(self, key: Any, mechanism: PyKCS11.Mechanism, data: bytes, begun: tuple[int, ...]) -> bytes:
        """PyKCS11's own `sign` leaves no room between C_SignInit and C_Sign."""
        lib, session = self._session.lib, self._session.session
        value = lib.C_SignInit(session, mechanism.to_native(), key)
        if value not in begun:
            raise PyKCS11Error(value)
        if self._demanding[key.value()]:
            self._authenticate()
        given, signature = PyKCS11.ckbytelist(data), PyKCS11.ckbytelist()
        for _ in ("its length", "the signature"):
            value = lib.C_Sign(session, given, signature)
            if value != PyKCS11.CKR_OK:
                raise PyKCS11Error(value)
        return bytes(signature)
