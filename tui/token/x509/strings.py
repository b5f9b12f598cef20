"""Read names, times and object identifiers of certificates whose encoding breaks the rules."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone

from tui.core.frozen import frozen
from tui.core.text_safety import printable
from tui.core.x509.ber import CONSTRUCTED, Element
from tui.token.x509 import eight_bit
from tui.token.x509.attribute_names import NAMES

_MOST = 100
"""Attributes of one name."""
_CN, _O = "2.5.4.3", "2.5.4.10"
_SHORT = NAMES | {
    _CN: "CN",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    _O: "O",
    "2.5.4.11": "OU",
    "2.5.4.6": "C",
    "2.5.4.9": "STREET",
    "0.9.2342.19200300.100.1.25": "DC",
    "0.9.2342.19200300.100.1.1": "UID",
}
"""RFC 4514 section 3, beside what it leaves."""
UTF8 = 0x0C
_EIGHT_BIT = frozenset({UTF8, 0x12, 0x13, 0x14, 0x16, 0x1A, 0x1B})
"""Universal tags of UTF8, Numeric, Printable, T61, IA5, Visible and GeneralString."""
_WIDE = {0x1C: "utf-32-be", 0x1E: "utf-16-be"}
"""UniversalString and BMPString."""
_UTC_TAG = 0x17
_UTC_TIME = re.compile(rb"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:[.,]\d+)?(Z|[+-]\d{2,4})?")
_GENERALIZED_TIME = re.compile(rb"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)?(\d\d)?(?:[.,]\d+)?(Z|[+-]\d{2,4})?")


@frozen
class Name:
    """A distinguished name."""

    text: str
    """RFC 4514, most specific first, safe to show."""
    common_name: str
    """The last CN, or else the last O, safe to show."""


def name(sequence: Element) -> Name:
    """An RDNSequence; what is no attribute in it is passed over."""
    texts: list[str] = []
    plain: dict[str, str] = {}
    for relative in sequence.elements[:_MOST]:
        attributes = list(_attributes(relative))
        plain |= {kind: value for kind, value, _ in attributes}
        if attributes:
            texts.append("+".join(f"{_SHORT.get(kind, kind)}={written}" for kind, _, written in attributes))
    text = printable(",".join(reversed(texts)))
    return Name(text, printable(plain.get(_CN, "")) or printable(plain.get(_O, "")))


def attributes(sequence: Element) -> Iterator[tuple[str, str]]:
    """Short name or dotted OID of each attribute of an RDNSequence, and its value; in hex what is no text."""
    for relative in sequence.elements[:_MOST]:
        yield from ((_SHORT.get(kind, kind), plain or written) for kind, plain, written in _attributes(relative))


def _attributes(relative: Element) -> Iterator[tuple[str, str, str]]:
    """(type, value, value as RFC 4514 writes it) of a RelativeDistinguishedName."""
    for attribute in relative.elements[:_MOST]:
        match attribute.elements:
            case (Element(tag=0x06) as kind, value, *_):
                plain = words(value)
                yield oid(kind.content), plain or "", f"#{value.whole.hex()}" if plain is None else escaped(plain)
            case _:
                continue


def words(value: Element) -> str | None:
    """The text of a string type in the encoding that fits best; None for other types."""
    octets, tag = value.octets, value.tag & ~CONSTRUCTED
    if tag in _WIDE:
        return octets.decode(_WIDE[tag], errors="replace")
    if tag not in _EIGHT_BIT:
        return None
    declared = eight_bit.decoded(octets, "utf-8") if tag == UTF8 else None
    return eight_bit.read(octets) if declared is None else declared


def escaped(plain: str) -> str:
    """RFC 4514 2.4."""
    text = re.sub(r'([\\",+;<>])', r"\\\1", plain).replace("\0", r"\00")
    if text.startswith(("#", " ")):
        text = "\\" + text
    return text[:-1] + r"\ " if text.endswith(" ") and len(plain) > 1 else text


def oid(content: bytes) -> str:
    """Dotted text of an OBJECT IDENTIFIER's content (X.690 8.19)."""
    arcs = [0]
    for octet in content[:64]:
        arcs[-1] = arcs[-1] << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(0)
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:-1])))


def time(element: Element) -> datetime | None:
    """UTCTime or GeneralizedTime in any form that X.690 knows or that was seen, in UTC; None when it is neither."""
    written = element.octets.strip(b" \0")
    forms = (_UTC_TIME, _GENERALIZED_TIME) if element.tag == _UTC_TAG else (_GENERALIZED_TIME, _UTC_TIME)
    for form in forms:
        if (found := form.fullmatch(written)) is not None:
            try:
                year, *rest, zone = found.groups()
                return _moment(year, [int(part or 0) for part in rest], zone)
            except (ValueError, OverflowError):
                return None
    return None


def _moment(year: bytes, rest: Sequence[int], zone: bytes | None) -> datetime:
    full = int(year)
    if len(year) == 2:  # RFC 5280 4.1.2.5.1
        full += 1900 if full >= 50 else 2000
    month, day, hour, minute, second = rest
    return datetime(full, month, day, hour, minute, second, tzinfo=_zone(zone)).astimezone(UTC)


def _zone(written: bytes | None) -> timezone:
    if written is None or written == b"Z":
        return UTC
    offset = timedelta(hours=int(written[1:3]), minutes=int(written[3:5] or 0))
    return timezone(-offset if written.startswith(b"-") else offset)
