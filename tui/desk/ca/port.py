"""What the desk asks of a certificate authority."""

from datetime import datetime
from typing import Protocol


class IssuingFailed(Exception):  # noqa: N818 — named as the desk speaks of it
    """The authority did not issue."""

    def __init__(self, text: str, final: bool) -> None:
        """`text` is safe to log; `final` means that asking again cannot help."""
        super().__init__(text)
        self.text = text
        self.final = final


class CertificateAuthority(Protocol):
    """Issues renewed certificates; every call may be made from any thread."""

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The authority's own certificates (DER), the issuing one first."""
        ...

    @property
    def not_after(self) -> datetime:
        """The last second that the authority and those above it are valid; nothing it issues ends later."""
        ...

    def issue(self, request_id: str, csr: bytes, old_certificate: bytes, not_after: datetime) -> bytes:
        """The renewed certificate (DER): key of the PEM CSR, subject and extensions of the DER `old_certificate`.

        The same `request_id` yields the same certificate, also after a crash of either side.

        :raises IssuingFailed: refused, or not possible now.
        """
        ...

    def recognises(self, certificate: bytes) -> bool:
        """Whether this authority, or one that it follows, signed the certificate (DER); nothing unreadable is."""
        ...

    def flaw(self, certificate: bytes) -> str:
        """Why standard tools would refuse this recognised certificate, or what is issued in its place; else empty.

        Asked before anything is paid.
        """
        ...
