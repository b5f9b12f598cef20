"""A certificate cut into its parts (RFC 5280, 4.1), the names byte for byte.

Names in the field break the rules of their string types, extensions those of DER, and strict parsers refuse the whole
certificate for that. What they must read (key, dates, serial number, extensions) they read from `Parts.nameless`; the
names go on as they stand.
"""

from tui.core.frozen import frozen
from tui.core.x509 import ber, keys
from tui.core.x509.der import INTEGER, SEQUENCE, Element, element, encode, is_bit_string, is_integer, is_value
from tui.core.x509.extensions import canonical, check_extension
from tui.core.x509.names import is_readable
from tui.core.x509.shortest import shortest

_VERSION, _UNIQUE_IDENTIFIERS, _EXTENSIONS = 0xA0, (0x81, 0x82), 0xA3
_VERSIONS = frozenset({b"\0", b"\1", b"\2"})
"""v1 to v3."""
_SPKI = 6
"""Place in a TBSCertificate that tells its version."""
_NO_NAME = encode(SEQUENCE)
_V3 = encode(_VERSION, encode(INTEGER, b"\2"))
_ONE = encode(INTEGER, b"\1")
_NULL = b"\x05\0"
_ECDSA = bytes.fromhex("2a8648ce3d04")
"""ansi-X9-62 signatures (1.2.840.10045.4), whose parameters are absent (RFC 5758, 3.2); some CAs write NULL."""
_PKCS_1 = bytes.fromhex("2a864886f70d0101")
"""RSA signatures, whose parameters are NULL (RFC 4055, 5), but for those of PSS."""
_PSS = _PKCS_1 + b"\x0a"
_PSS_DEFAULTS = frozenset({encode(0xA2, encode(INTEGER, b"\x14")), encode(0xA3, encode(INTEGER, b"\1"))})
"""A salt of 20 octets, and the trailer (RFC 4055, 3.1); DER leaves both out (X.690, 11.5)."""


@frozen
class Parts:
    """Parts as they stand in the certificate, but for lengths that are not DER's."""

    tbs: bytes
    """What the signature is over, byte for byte."""
    serial: bytes
    issuer: bytes
    subject: bytes
    spki: bytes
    """In its one encoding (`keys.canonical`)."""
    nameless: bytes
    """For parsers only, which refuse what others read; no signature is over it. Version v3, serial number 1, both names
    empty, extensions in DER's one form, parameters of signatures as their standards have them, and no unique
    identifiers, which no CA may write (RFC 5280, 4.1.2.8)."""

    @property
    def number(self) -> int:
        """The serial number; a CA that breaks RFC 5280, 4.1.2.2 may have written any."""
        return int.from_bytes(element(self.serial, INTEGER).content, signed=True)


def dissect(der: bytes) -> Parts:
    """Cut a certificate up.

    :raises ValueError: no certificate, or no relying party can read a name of it.
    """
    tbs, algorithm, signature = _row(element(shortest(der), SEQUENCE), 3)
    version, fields = _after_version(tbs.row)
    serial, signed, issuer, validity, subject, spki = _row_of(fields, (INTEGER, *[SEQUENCE] * 5))
    if tbs.tag != SEQUENCE or version not in _VERSIONS or not is_integer(serial.content):
        raise ValueError("no TBSCertificate, no version of X.509, or no serial number")
    if signed.whole != algorithm.whole or not signature.content.startswith(b"\0"):
        raise ValueError(
            "a signature that nobody verifies: of another algorithm (RFC 5280, 4.1.1.2), or of half octets"
        )
    if not is_readable(issuer.whole) or not is_readable(subject.whole):
        raise ValueError("a name that cannot be read")
    rest = map(_canonical, _after_unique_identifiers(fields[6:]))
    key = keys.canonical(spki.whole)
    named = (_V3, _ONE, _algorithm(signed), _NO_NAME, validity.whole, _NO_NAME, key)
    nameless = encode(SEQUENCE, encode(SEQUENCE, *named, *rest), _algorithm(algorithm), signature.whole)
    (whole,) = ber.elements(der)
    return Parts(whole.elements[0].whole, serial.whole, issuer.whole, subject.whole, key, nameless)


def serial_of(der: bytes) -> str:
    """The certificate's serial number in hexadecimal, as `Certificate.serial`.

    :raises ValueError: see `dissect`.
    """
    return f"{dissect(der).number:x}"


def check_usable(nameless: bytes) -> None:
    """Find nothing for which relying parties call the certificate invalid.

    :raises ValueError: the curve of its key has no name, an extension stands there twice (RFC 5280, 4.2), is critical
        and known to nobody, or cannot be decoded where they decode it whether or not they need it.
    """
    tbs, _, _ = _row(element(nameless, SEQUENCE), 3)
    if not keys.has_named_curve(tbs.row[_SPKI].whole):
        raise ValueError("a curve without a name")
    last = tbs.row[-1]
    if last.tag != _EXTENSIONS:
        return
    kinds = [check_extension(extension) for extension in element(last.content, SEQUENCE).row]
    if len(set(kinds)) < len(kinds):
        raise ValueError("an extension is there twice")


def _after_version(fields: tuple[Element, ...]) -> tuple[bytes, tuple[Element, ...]]:
    """The version, which v1 leaves out (RFC 5280, 4.1.2.1), and the fields behind it."""
    if fields and fields[0].tag == _VERSION:
        return element(fields[0].content, INTEGER).content, fields[1:]
    return b"\0", fields


def _after_unique_identifiers(fields: tuple[Element, ...]) -> tuple[Element, ...]:
    """The fields behind the issuer's and the subject's, each of which may be left out."""
    for tag in _UNIQUE_IDENTIFIERS:
        match fields:
            case (Element() as one, *rest) if one.tag == tag and is_bit_string(one.content):
                fields = tuple(rest)
    return fields


def _algorithm(identifier: Element) -> bytes:
    """The AlgorithmIdentifier of a signature as its standard has it; measured with OpenSSL, which asks for no more."""
    match identifier.row if identifier.tag == SEQUENCE else ():
        case (kind, parameters) if kind.content == _PSS and parameters.tag == SEQUENCE:
            told = (one.whole for one in parameters.row if one.whole not in _PSS_DEFAULTS)
            return encode(SEQUENCE, kind.whole, encode(SEQUENCE, *told))
        case (_, parameters) if not is_value(parameters):
            raise ValueError("parameters of an algorithm that cannot be read")
        case (kind, _) if kind.content.startswith(_ECDSA):
            return encode(SEQUENCE, kind.whole)
        case (kind, _) if kind.content.startswith(_PKCS_1) and kind.content != _PSS:
            return encode(SEQUENCE, kind.whole, _NULL)
    return identifier.whole


def _canonical(field: Element) -> bytes:
    """The last field of the TBSCertificate, each extension in its canonical form."""
    if field.tag != _EXTENSIONS:
        raise ValueError("something behind the key that is no extension")
    extensions = element(field.content, SEQUENCE).row
    return encode(_EXTENSIONS, encode(SEQUENCE, *map(canonical, extensions)))


def _row(whole: Element, count: int) -> tuple[Element, ...]:
    row = whole.row
    if len(row) != count:
        raise ValueError(f"not {count} elements")
    return row


def _row_of(fields: tuple[Element, ...], tags: tuple[int, ...]) -> tuple[Element, ...]:
    """The fields that begin the list, by their tags."""
    if tuple(field.tag for field in fields[: len(tags)]) != tags:
        raise ValueError("no TBSCertificate")
    return fields[: len(tags)]
