"""Wrap PyKCS11 where it drops or cannot write text that is not UTF-8; in the driver's process only."""

import ctypes
from typing import Any

import PyKCS11
from PyKCS11 import PyKCS11Error

from tui.token.host.written import text_of

_TEXTS = (("label", 32), ("manufacturerID", 32), ("model", 16), ("serialNumber", 16))
"""The first members of CK_TOKEN_INFO (PKCS#11 v2.40 3.2) and their bytes."""
_ALL_TEXTS = sum(size for _, size in _TEXTS)


class Library(PyKCS11.PyKCS11Lib):  # type: ignore[misc]
    """A module whose token's names and labels are read and written byte by byte."""

    def slot_flags(self, slot: int) -> int:
        """The flags of C_GetSlotInfo, without its texts."""
        raw = PyKCS11.LowLevel.CK_SLOT_INFO()
        value = self.lib.C_GetSlotInfo(slot, raw)
        if value != PyKCS11.CKR_OK:
            raise PyKCS11Error(value)
        return int(raw.flags)

    def token_marks(self, slot: int) -> tuple[bytes, int]:
        """The texts of C_GetTokenInfo as they come, and the flags: what tells one token from another."""
        raw = self._token_info(slot)
        return ctypes.string_at(int(raw.this), _ALL_TEXTS), int(raw.flags)

    def getTokenInfo(self, slot: int) -> Any:  # noqa: N802 - PyKCS11's name
        """C_GetTokenInfo, as far as this program uses it."""
        raw = self._token_info(slot)
        info = PyKCS11.CK_TOKEN_INFO()
        at = int(raw.this)  # where SWIG keeps the structure
        for name, size in _TEXTS:
            setattr(info, name, text_of(ctypes.string_at(at, size)))
            at += size
        info.flags, info.ulMinPinLen, info.ulMaxPinLen = raw.flags, raw.ulMinPinLen, raw.ulMaxPinLen
        return info

    def _token_info(self, slot: int) -> Any:
        raw = PyKCS11.LowLevel.CK_TOKEN_INFO()
        value = self.lib.C_GetTokenInfo(slot, raw)
        if value != PyKCS11.CKR_OK:
            raise PyKCS11Error(value)
        return raw

    def openSession(self, slot: int, flags: int = 0) -> "Session":  # noqa: N802
        """C_OpenSession."""
        handle = PyKCS11.LowLevel.CK_SESSION_HANDLE()
        value = self.lib.C_OpenSession(slot, flags | PyKCS11.CKF_SERIAL_SESSION, handle)
        if value != PyKCS11.CKR_OK:
            raise PyKCS11Error(value)
        return Session(self, handle)


class Session(PyKCS11.Session):  # type: ignore[misc]
    """A session whose templates may give CKA_LABEL in bytes."""

    def _template2ckattrlist(self, template: Any) -> Any:
        attributes = super()._template2ckattrlist(template)
        for at, (kind, value) in enumerate(template):
            if kind == PyKCS11.CKA_LABEL and isinstance(value, bytes):
                attributes[at].SetBin(kind, PyKCS11.ckbytelist(value))
        return attributes
