"""What the token signs, as DER: the CSR (RFC 2986) and the evidence (CMS SignedData, RFC 5652).

The library's builders write names anew and refuse those that break their string types' rules; here the certificate's
own bytes go in.
"""

import base64
import hashlib
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tui.core.policy import SignatureScheme
from tui.core.x509.der import INTEGER, OID, SEQUENCE, SET, encode
from tui.core.x509.parts import dissect
from tui.token.host.keys import SALT, TokenKey, prove

_BIT_STRING, _OCTET_STRING, _NULL, _UTC_TIME, _FIRST = 0x03, 0x04, encode(0x05), 0x17, 0xA0
_DATA, _SIGNED_DATA = (encode(OID, bytes.fromhex(f"2a864886f70d0107{last}")) for last in ("01", "02"))
_CONTENT_TYPE, _MESSAGE_DIGEST, _SIGNING_TIME = (
    encode(OID, bytes.fromhex(f"2a864886f70d0109{last}")) for last in ("03", "04", "05")
)
_SHA_256 = encode(SEQUENCE, encode(OID, bytes.fromhex("608648016503040201")))
"""Without parameters (RFC 5754, 2)."""
_RSA_PKCS1 = encode(SEQUENCE, encode(OID, bytes.fromhex("2a864886f70d01010b")), _NULL)
_RSA_PSS = encode(
    SEQUENCE,
    encode(OID, bytes.fromhex("2a864886f70d01010a")),
    encode(
        SEQUENCE,
        encode(0xA0, _SHA_256),
        encode(0xA1, encode(SEQUENCE, encode(OID, bytes.fromhex("2a864886f70d010108")), _SHA_256)),
        encode(0xA2, encode(INTEGER, bytes((SALT,)))),
    ),
)
"""RSASSA-PSS-params (RFC 4055, 3.1) of SHA-256, MGF1 with it, and our salt."""
_ECDSA = encode(SEQUENCE, encode(OID, bytes.fromhex("2a8648ce3d040302")))
_LINE = 64
"""Characters of a line of PEM (RFC 7468, 2)."""


def request(subject: bytes, key: TokenKey, scheme: SignatureScheme) -> bytes:
    """A CSR (PEM) for this key under the subject (DER), which goes in byte for byte."""
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    info = encode(SEQUENCE, encode(INTEGER, b"\0"), subject, spki, encode(_FIRST))
    signature = encode(_BIT_STRING, b"\0", prove(key, info, scheme))
    text = base64.b64encode(encode(SEQUENCE, info, _algorithm(key, scheme), signature)).decode()
    lines = [text[at : at + _LINE] for at in range(0, len(text), _LINE)]
    return "\n".join(["-----BEGIN CERTIFICATE REQUEST-----", *lines, "-----END CERTIFICATE REQUEST-----", ""]).encode()


def evidence(content: bytes, certificate: bytes, key: TokenKey, scheme: SignatureScheme) -> bytes:
    """SignedData (DER) over the content, attached, by the holder of this certificate (DER), which goes with it."""
    parts = dissect(certificate)
    attributes = sorted(
        (
            _attribute(_CONTENT_TYPE, _DATA),
            _attribute(_SIGNING_TIME, encode(_UTC_TIME, f"{datetime.now(UTC):%y%m%d%H%M%SZ}".encode())),
            _attribute(_MESSAGE_DIGEST, encode(_OCTET_STRING, hashlib.sha256(content).digest())),
        )
    )
    signer = encode(
        SEQUENCE,
        encode(INTEGER, b"\1"),
        encode(SEQUENCE, parts.issuer, parts.serial),
        _SHA_256,
        encode(_FIRST, *attributes),
        _algorithm(key, scheme),
        encode(_OCTET_STRING, prove(key, encode(SET, *attributes), scheme)),  # as RFC 5652, 5.4 has it
    )
    signed_data = encode(
        SEQUENCE,
        encode(INTEGER, b"\1"),
        encode(SET, _SHA_256),
        encode(SEQUENCE, _DATA, encode(_FIRST, encode(_OCTET_STRING, content))),
        encode(_FIRST, certificate),
        encode(SET, signer),
    )
    return encode(SEQUENCE, _SIGNED_DATA, encode(_FIRST, signed_data))


def _algorithm(key: TokenKey, scheme: SignatureScheme) -> bytes:
    if not isinstance(key.public_key(), rsa.RSAPublicKey):
        return _ECDSA
    return _RSA_PKCS1 if scheme is SignatureScheme.PKCS1 else _RSA_PSS


def _attribute(kind: bytes, value: bytes) -> bytes:
    return encode(SEQUENCE, kind, encode(SET, value))
