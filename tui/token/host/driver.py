"""One loaded PKCS#11 driver, with the manners that real drivers need; in the driver's process only."""

import PyKCS11
from PyKCS11 import PyKCS11Error

from tui.core.failure import TokenError
from tui.token.host.library import Library


class Driver:
    """A PKCS#11 module after C_Initialize."""

    def __init__(self, path: str) -> None:
        """Load it.

        :raises TokenError: it cannot be loaded; the reason is one of `core.failure.UNLOADABLE`.
        """
        self.lib = Library()
        try:
            self.lib.load(path)
        except PyKCS11Error as error:
            from tui.token.host import unloadable

            raise TokenError(unloadable.why(path, error)) from error

    def slots(self) -> list[int]:
        """All slots. C_GetSlotList with a NULL list makes drivers look for new readers.

        It is two calls: a token that arrives between them gives CKR_BUFFER_TOO_SMALL, so it is asked again.
        """
        for _ in range(3):
            try:
                return list(self.lib.getSlotList())
            except PyKCS11Error as error:
                if error.value != PyKCS11.CKR_BUFFER_TOO_SMALL:
                    raise
        return list(self.lib.getSlotList())

    def mechanisms(self, slot: int) -> frozenset[int]:
        """CKM_ values that the token lists; empty when it does not tell."""
        found = PyKCS11.LowLevel.ckulonglist()
        self.lib.lib.C_GetMechanismList(slot, found)  # PyKCS11's own method adds one that no token has
        return frozenset(found)

    def close(self) -> None:
        """C_Finalize."""
        self.lib.lib.C_Finalize()

    def restart(self) -> None:
        """C_Finalize and C_Initialize: the only cure for drivers that break on removal or never rescan."""
        self.lib.lib.C_Finalize()
        value = self.lib.lib.C_Initialize()
        if value not in (PyKCS11.CKR_OK, PyKCS11.CKR_CRYPTOKI_ALREADY_INITIALIZED):
            raise PyKCS11Error(value)
