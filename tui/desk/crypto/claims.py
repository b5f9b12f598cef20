"""What a certificate says of its key, read extension by extension: one that is broken hides none of the others."""

from contextlib import suppress
from typing import Annotated

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.x509.oid import ExtensionOID

from tui.core.usage import Claims
from tui.desk.crypto.tbs import Extension, extensions_of


@asn1.sequence
class _BasicConstraints:
    """RFC 5280, 4.2.1.9."""

    ca: Annotated[bool, asn1.Default(False)]
    path_length: int | None


@asn1.sequence
class _Wrapped:
    value: asn1.TLV


@asn1.sequence
class _Purposes:
    """RFC 5280, 4.2.1.12, within one more SEQUENCE."""

    purposes: list[x509.ObjectIdentifier]


def claims_of(certificate: x509.Certificate, *, self_issued: bool) -> Claims:
    """As the kiosk reads them (`token.x509.lenient.usage`); what cannot be read forbids nothing. Names are left out."""
    extensions: list[Extension] = []
    with suppress(ValueError):  # not RFC 5280's structure: such a one is not issued either
        extensions = extensions_of(certificate)
    key_usage, authority, purposes = None, False, frozenset[str]()
    for extension in reversed(extensions):
        with suppress(ValueError):
            match extension.oid:
                case ExtensionOID.KEY_USAGE:
                    key_usage = int.from_bytes(asn1.decode_der(asn1.BitString, extension.value).as_bytes()[:1])
                case ExtensionOID.BASIC_CONSTRAINTS:
                    authority |= asn1.decode_der(_BasicConstraints, extension.value).ca
                case ExtensionOID.EXTENDED_KEY_USAGE:
                    purposes |= _purposes(extension.value)
    return Claims(key_usage, authority, self_issued, purposes)


def _purposes(value: bytes) -> frozenset[str]:
    row = asn1.encode_der(_Wrapped(value=asn1.decode_der(asn1.TLV, value)))
    return frozenset(purpose.dotted_string for purpose in asn1.decode_der(_Purposes, row).purposes)
