"""What pcsc-lite calls things (its pcsclite.h, after Microsoft's winscard.h)."""

from typing import Final

LIBRARY: Final = "libpcsclite.so.1"
SYSTEM_SCOPE: Final = 2
"""SCARD_SCOPE_SYSTEM."""
NO_SERVICE: Final = 0x8010001D
"""SCARD_E_NO_SERVICE: nothing listens at the service's socket."""
NOT_ALLOWED: Final = 0x8010006A
"""SCARD_W_SECURITY_VIOLATION: polkit refuses this user."""
NO_READERS: Final = 0x8010002E
"""SCARD_E_NO_READERS_AVAILABLE."""
TIMEOUT: Final = 0x8010000A
"""SCARD_E_TIMEOUT."""
UNKNOWN_READER: Final = 0x80100009
"""SCARD_E_UNKNOWN_READER: a reader of this name was there, or never was."""
