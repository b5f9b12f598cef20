"""What happened about 证书详情."""

from dataclasses import dataclass, field

from tui.core.certificate import CertificateRef
from tui.core.details import Details


@dataclass(frozen=True, slots=True)
class DetailsOpened:
    """证书详情 of one of them was asked for."""

    certificate: CertificateRef


@dataclass(frozen=True, slots=True)
class DetailsRead:
    """The certificate was read."""

    certificate: bytes = field(repr=False)
    """DER."""
    details: Details
