"""Read a certification request (RFC 2986): one PEM block (RFC 7468), the subject byte for byte."""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Annotated

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from tui.core.certificate import RENEWABLE_KEYS
from tui.core.policy import SignatureScheme
from tui.desk.crypto.certificates import PublicKey, key_kind
from tui.desk.crypto.signatures import NotSigned, SignatureAlgorithm, demand, verify

LONGEST = 65_536
"""Bytes of PEM."""
LEAST_EXPONENT = 65_537
"""Of an RSA key (FIPS 186-5, 5.1): with a smaller one, faults in padding have led to forged signatures."""
_PEM = re.compile(
    rb"-----BEGIN CERTIFICATE REQUEST-----\r?\n([A-Za-z0-9+/=\r\n]+)\r?\n-----END CERTIFICATE REQUEST-----(?:\r?\n)?"
)


@asn1.sequence
class _CertificationRequest:
    info: asn1.TLV
    algorithm: SignatureAlgorithm
    signature: asn1.BitString


@asn1.sequence
class _Info:
    version: int
    subject: asn1.TLV
    spki: asn1.TLV
    attributes: Annotated[asn1.SetOf[asn1.TLV], asn1.Implicit(0)]


class NoRequest(ValueError):  # noqa: N818 — a finding
    """These bytes are no certification request that is taken here; the text says why."""


class UnfitKey(NoRequest):
    """Its key is none that is certified here."""


@dataclass(frozen=True, slots=True)
class CertificationRequest:
    """A request; nothing is proved before `verify`."""

    subject: bytes
    """Name, DER."""
    spki: bytes
    """SubjectPublicKeyInfo, DER."""
    key: PublicKey
    _info: bytes
    _algorithm: SignatureAlgorithm
    _signature: bytes

    def verify(self, scheme: SignatureScheme) -> None:
        """That the key signed the request, by this scheme.

        :raises NotSigned: it did not.
        """
        demand(self._algorithm, self.key, scheme)
        verify(self.key, scheme, self._signature, self._info)

    @property
    def is_signed(self) -> bool:
        """Whether the key signed the request, by any scheme."""
        for scheme in SignatureScheme:
            try:
                self.verify(scheme)
            except NotSigned:
                continue
            return True
        return False


def read_request(pem: bytes) -> CertificationRequest:
    """Read a request of exactly one PEM block.

    :raises NoRequest: something else, or more than that.
    :raises UnfitKey: a key that is not certified here, or not written in its one encoding.
    """
    try:
        request = asn1.decode_der(_CertificationRequest, _der(pem))
        info_der = bytes(asn1.encode_der(request.info))
        info = asn1.decode_der(_Info, info_der)
    except ValueError as error:
        raise NoRequest("not a PKCS #10 request in DER") from error
    if info.version != 0 or request.signature.padding_bits():
        raise NoRequest("not version 1, or a signature of odd bits")
    spki = bytes(asn1.encode_der(info.spki))
    return CertificationRequest(
        subject=bytes(asn1.encode_der(info.subject)),
        spki=spki,
        key=_key(spki),
        _info=info_der,
        _algorithm=request.algorithm,
        _signature=request.signature.as_bytes(),
    )


def _der(pem: bytes) -> bytes:
    block = _PEM.fullmatch(pem) if len(pem) <= LONGEST else None
    if block is None:
        raise NoRequest("not exactly one PEM block CERTIFICATE REQUEST")
    try:
        return base64.b64decode(b"".join(block[1].split()), validate=True)
    except binascii.Error as error:
        raise NoRequest("the PEM block is no base64") from error


def certifiable(key: object) -> PublicKey:
    """This key, as one that is certified here, whoever shows it.

    :raises UnfitKey: it is not.
    """
    if not isinstance(key, PublicKey) or key_kind(key) not in RENEWABLE_KEYS:
        raise UnfitKey(key_kind(key))
    if isinstance(key, RSAPublicKey):
        exponent = key.public_numbers().e
        if exponent < LEAST_EXPONENT or exponent % 2 == 0:
            raise UnfitKey(f"RSA exponent {exponent}")
    return key


def _key(spki: bytes) -> PublicKey:
    try:
        loaded = load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UnfitKey("the public key cannot be read") from error
    key = certifiable(loaded)
    if key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) != spki:
        raise UnfitKey("the public key is not in its one encoding")
    return key
