"""SubjectPublicKeyInfo of certificates (RFC 5280, 4.1.2.7): one encoding for one RSA key, however a CA writes it."""

from tui.core.x509.ber import first
from tui.core.x509.der import INTEGER, OID, SEQUENCE, element, encode, is_value
from tui.core.x509.shortest import shortest

_BIT_STRING = 0x03
_RSA = bytes.fromhex("2a864886f70d010101")
_RSA_KINDS = frozenset({_RSA, bytes.fromhex("55080101")})
"""rsaEncryption, and rsa of X.509 (2.5.8.1.1), which the same keys have."""
_RSA_ENCRYPTION = encode(SEQUENCE, encode(OID, _RSA), b"\x05\0")
"""With the parameters NULL (RFC 3279, 2.3.1), which some CAs leave out."""
_EC = bytes.fromhex("2a8648ce3d0201")
"""id-ecPublicKey."""


def canonical(spki: bytes) -> bytes:
    """A SubjectPublicKeyInfo as RFC 3279 has it; what holds no RSA key stays as it is.

    Measured with OpenSSL, which looks at no parameters of RSA, takes its numbers for positive whatever stands before
    them, and looks at nothing behind them.
    """
    try:
        algorithm, key = element(spki, SEQUENCE).row
        kind, *parameters = element(algorithm.whole, SEQUENCE).row
        if kind.content not in _RSA_KINDS or (kind.tag, key.tag, key.content[:1]) != (OID, _BIT_STRING, b"\0"):
            return spki
        if len(parameters) > 1 or not all(map(is_value, parameters)):
            return spki
        numbers = element(shortest(first(key.content[1:])), SEQUENCE)
        modulus, exponent = numbers.row
    except ValueError:
        return spki
    if (modulus.tag, exponent.tag) != (INTEGER, INTEGER):
        return spki
    pair = encode(SEQUENCE, _positive(modulus.content), _positive(exponent.content))
    return encode(SEQUENCE, _RSA_ENCRYPTION, encode(_BIT_STRING, b"\0", pair))


def has_named_curve(spki: bytes) -> bool:
    """Whether this is no elliptic curve's key, or names its curve (RFC 5480, 2.1.1), as all who rely on one demand.

    :raises ValueError: no SubjectPublicKeyInfo.
    """
    algorithm, _ = element(spki, SEQUENCE).row
    kind, *parameters = algorithm.row
    return kind.content != _EC or [one.tag for one in parameters] == [OID]


def _positive(digits: bytes) -> bytes:
    digits = digits.lstrip(b"\0") or b"\0"
    return encode(INTEGER, b"\0" * (digits[0] >> 7), digits)
