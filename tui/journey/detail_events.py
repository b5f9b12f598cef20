"""What happened about 证书详情."""

from dataclasses import field

from tui.core.certificate import CertificateRef
from tui.core.details import Details
from tui.core.frozen import frozen


@frozen
class DetailsOpened:
    """证书详情 of one of them was asked for."""

    certificate: CertificateRef


@frozen
class DetailsRead:
    """The certificate was read."""

    certificate: bytes = field(repr=False)
    """DER."""
    details: Details
