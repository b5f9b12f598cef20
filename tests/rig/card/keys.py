"""The card's cryptography: keys as numbers, signatures, generation."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils

from tests.rig.card.apdu import Refused, Status, tlv
from tests.rig.card.files import File, Kind

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

MODULUS, EXPONENT, PRIME_P, PRIME_Q, D_MOD_P, D_MOD_Q, Q_INVERSE = 0x80, 0x81, 0x83, 0x84, 0x85, 0x86, 0x87
POINT, SCALAR = 0x86, 0x87
"""P2 of the PUT DATA commands that load a key's numbers, RSA and EC."""
RAW, PKCS1, ECDSA = 0x00, 0x02, 0x04
"""Algorithm references of MANAGE SECURITY ENVIRONMENT."""
_CURVES: dict[int, ec.EllipticCurve] = {256: ec.SECP256R1(), 384: ec.SECP384R1()}
_DIGESTS: dict[int, hashes.HashAlgorithm] = {
    kind.digest_size: kind for kind in (hashes.SHA224(), hashes.SHA256(), hashes.SHA384(), hashes.SHA512())
}
"""What a digest to be signed by ECDSA may be, by its bytes; OpenSC fills a shorter one up to the curve's size."""


def generate(kind: Kind, bits: int) -> PrivateKey:
    """A new key."""
    if kind is Kind.RSA_KEY:
        return rsa.generate_private_key(65537, bits)
    return ec.generate_private_key(_curve(bits))


def fits(key: PrivateKey, kind: Kind, bits: int) -> bool:
    """Whether this key may lie in such a key file."""
    return key.key_size == bits and isinstance(key, rsa.RSAPrivateKey) is (kind is Kind.RSA_KEY)


def components(key: PrivateKey) -> dict[int, int]:
    """The key's numbers as its file keeps them."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        numbers = key.private_numbers()
        return {SCALAR: numbers.private_value, POINT: int.from_bytes(_encoded(key))}
    rsa_numbers = key.private_numbers()
    return {
        MODULUS: rsa_numbers.public_numbers.n,
        EXPONENT: rsa_numbers.public_numbers.e,
        PRIME_P: rsa_numbers.p,
        PRIME_Q: rsa_numbers.q,
        D_MOD_P: rsa_numbers.dmp1,
        D_MOD_Q: rsa_numbers.dmq1,
        Q_INVERSE: rsa_numbers.iqmp,
    }


def public_value(file: File, what: int) -> bytes:
    """What GET DATA tells of a key: modulus (1), exponent (2), point (86, wrapped); raise Refused."""
    try:
        match file.kind, what:
            case Kind.RSA_KEY, 0x01:
                return file.components[MODULUS].to_bytes(file.size // 8)
            case Kind.RSA_KEY, 0x02:
                return file.components[EXPONENT].to_bytes(3)
            case Kind.EC_KEY, 0x86:
                return tlv(0x86, file.components[POINT].to_bytes(2 * ((file.size + 7) // 8) + 1))
    except KeyError:
        pass
    raise Refused(Status.DATA_NOT_FOUND)


def sign(file: File, algorithm: int, data: bytes) -> bytes:
    """A signature with the key in this file; ECDSA as a DER SEQUENCE; raise Refused."""
    try:
        if file.kind is Kind.EC_KEY:
            return _ecdsa(file, data)
        return _rsa(file, _padded(data, file.size // 8) if algorithm & PKCS1 else data)
    except KeyError as error:
        raise Refused(Status.DATA_NOT_USABLE) from error


def _ecdsa(file: File, data: bytes) -> bytes:
    if len(data) not in _DIGESTS:
        raise Refused(Status.WRONG_LENGTH)
    key = ec.derive_private_key(file.components[SCALAR], _curve(file.size))
    return key.sign(data, ec.ECDSA(utils.Prehashed(_DIGESTS[len(data)])))


def _rsa(file: File, data: bytes) -> bytes:
    """RSASP1 with the second representation (RFC 8017 5.2.1)."""
    numbers = file.components
    message = int.from_bytes(data)
    if message >= numbers[MODULUS] or len(data) > file.size // 8:
        raise Refused(Status.WRONG_LENGTH)
    first = pow(message, numbers[D_MOD_P], numbers[PRIME_P])
    second = pow(message, numbers[D_MOD_Q], numbers[PRIME_Q])
    height = (first - second) * numbers[Q_INVERSE] % numbers[PRIME_P]
    return (second + numbers[PRIME_Q] * height).to_bytes(file.size // 8)


def _padded(data: bytes, size: int) -> bytes:
    """EMSA-PKCS1-v1_5 around a DigestInfo (RFC 8017 9.2)."""
    if len(data) > size - 11:
        raise Refused(Status.WRONG_LENGTH)
    return b"\x00\x01" + b"\xff" * (size - 3 - len(data)) + b"\x00" + data


def _curve(bits: int) -> ec.EllipticCurve:
    if bits not in _CURVES:
        raise Refused(Status.WRONG_DATA)
    return _CURVES[bits]


def _encoded(key: ec.EllipticCurvePrivateKey) -> bytes:
    numbers = key.public_key().public_numbers()
    size = (key.key_size + 7) // 8
    return b"\x04" + numbers.x.to_bytes(size) + numbers.y.to_bytes(size)
