"""A certificate cut into its parts (RFC 5280, 4.1), the names byte for byte.

Names in the field break the rules of their string types, extensions those of DER, and strict parsers refuse the whole
certificate for that. What they must read (key, dates, serial number, extensions) they read from `Parts.nameless`; the
names go on as they stand.
"""

from tui.core.frozen import frozen
from tui.core.x509.der import INTEGER, SEQUENCE, Element, element, encode
from tui.core.x509.extensions import canonical, is_decodable
from tui.core.x509.names import is_readable

_VERSION, _UNIQUE_IDENTIFIERS, _EXTENSIONS = 0xA0, (0x81, 0x82), 0xA3
_NO_NAME = encode(SEQUENCE)


@frozen
class Parts:
    """Parts as DER, byte for byte as they stand in the certificate."""

    tbs: bytes
    """What the signature is over."""
    serial: bytes
    issuer: bytes
    subject: bytes
    spki: bytes
    nameless: bytes
    """The certificate with both names empty, extensions in DER's one form and no unique identifiers, which no CA may
    write (RFC 5280, 4.1.2.8): for parsers only, no signature is over it."""


def dissect(der: bytes) -> Parts:
    """Cut a certificate up.

    :raises ValueError: no certificate in DER, or no relying party can read a name of it.
    """
    tbs, algorithm, signature = _row(element(der, SEQUENCE), 3)
    fields = list(tbs.row)
    first = 1 if fields and fields[0].tag == _VERSION else 0
    serial, _, issuer, _, subject, spki = _row_of(fields[first:], (INTEGER, *[SEQUENCE] * 5))
    if not is_readable(issuer.whole) or not is_readable(subject.whole):
        raise ValueError("a name that cannot be read")
    parts = [_canonical(field) for field in fields if field.tag not in _UNIQUE_IDENTIFIERS]
    parts[first + 2] = parts[first + 4] = _NO_NAME
    nameless = encode(SEQUENCE, encode(SEQUENCE, *parts), algorithm.whole, signature.whole)
    return Parts(tbs.whole, serial.whole, issuer.whole, subject.whole, spki.whole, nameless)


def serial_of(der: bytes) -> str:
    """The certificate's serial number in hexadecimal, as `Certificate.serial`.

    :raises ValueError: see `dissect`.
    """
    return f"{int.from_bytes(element(dissect(der).serial, INTEGER).content, signed=True):x}"


def check_extensions(nameless: bytes) -> None:
    """Find nothing for which relying parties call the certificate invalid.

    :raises ValueError: an extension stands there twice (RFC 5280, 4.2), or cannot be decoded where they decode it
        whether or not they need it.
    """
    tbs, _, _ = _row(element(nameless, SEQUENCE), 3)
    last = tbs.row[-1]
    if last.tag != _EXTENSIONS:
        return
    kinds = []
    for extension in element(last.content, SEQUENCE).row:
        kind, *_, value = element(extension.whole, SEQUENCE).row
        kinds.append(kind.content)
        if not is_decodable(kind.content, value.content):
            raise ValueError("an extension that cannot be decoded")
    if len(set(kinds)) < len(kinds):
        raise ValueError("an extension is there twice")


def _canonical(field: Element) -> bytes:
    """A field of the TBSCertificate, extensions in their canonical form."""
    if field.tag != _EXTENSIONS:
        return field.whole
    extensions = element(field.content, SEQUENCE).row
    return encode(_EXTENSIONS, encode(SEQUENCE, *map(canonical, extensions)))


def _row(whole: Element, count: int) -> tuple[Element, ...]:
    row = whole.row
    if len(row) != count:
        raise ValueError(f"not {count} elements")
    return row


def _row_of(fields: list[Element], tags: tuple[int, ...]) -> tuple[Element, ...]:
    """The fields that begin the list, by their tags."""
    if tuple(field.tag for field in fields[: len(tags)]) != tags:
        raise ValueError("no TBSCertificate")
    return tuple(fields[: len(tags)])
