"""The textual encoding of certificates (RFC 7468)."""

import base64

WIDTH = 64
"""Characters of a line (2)."""


def pem_lines(der: bytes) -> tuple[str, ...]:
    """The lines of one certificate (5.1), without their ends."""
    text = base64.b64encode(der).decode("ascii")
    lines = (text[at : at + WIDTH] for at in range(0, len(text), WIDTH))
    return "-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----"


def pem(der: bytes) -> bytes:
    """One certificate as a file holds it."""
    return "\n".join((*pem_lines(der), "")).encode("ascii")
