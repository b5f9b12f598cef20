"""Read a certificate's details for display, whatever its bytes: what cannot be read is left out, and nothing is raised.

The journey of a renewal rests on nothing that is read here.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from tui.core.details import Details, Named
from tui.core.text_safety import printable
from tui.core.x509.ber import CONSTRUCTED, Element, elements
from tui.token.x509 import general_names as general
from tui.token.x509.general_names import MOST
from tui.token.x509.lenient import LONGEST, tbs_fields
from tui.token.x509.strings import attributes, oid, words

USAGES: Final = (
    *("digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement"),
    *("keyCertSign", "cRLSign", "encipherOnly", "decipherOnly"),
)
"""Bits of keyUsage from the first on (RFC 5280 4.2.1.3)."""
PURPOSES: Final = {
    "1.3.6.1.5.5.7.3.1": "serverAuth",
    "1.3.6.1.5.5.7.3.2": "clientAuth",
    "1.3.6.1.5.5.7.3.3": "codeSigning",
    "1.3.6.1.5.5.7.3.4": "emailProtection",
    "1.3.6.1.5.5.7.3.8": "timeStamping",
    "1.3.6.1.5.5.7.3.9": "OCSPSigning",
    "1.3.6.1.4.1.311.20.2.2": "smartcardLogon",
    "1.3.6.1.4.1.311.10.3.12": "documentSigning",
    "2.5.29.37.0": "anyExtendedKeyUsage",
}
SIGNATURES: Final = {
    "1.2.840.113549.1.1.5": "RSA-SHA1",
    "1.2.840.113549.1.1.11": "RSA-SHA256",
    "1.2.840.113549.1.1.12": "RSA-SHA384",
    "1.2.840.113549.1.1.13": "RSA-SHA512",
    "1.2.840.113549.1.1.10": "RSASSA-PSS",
    "1.2.840.10045.4.3.2": "ECDSA-SHA256",
    "1.2.840.10045.4.3.3": "ECDSA-SHA384",
    "1.2.840.10045.4.3.4": "ECDSA-SHA512",
    "1.2.156.10197.1.501": "SM2-SM3",
    "1.2.156.10197.1.504": "RSA-SM3",
}
"""RFC 4055, RFC 5758, GM/T 0006."""
_KEY_ID, _KEY_USAGE, _NAMES, _CONSTRAINTS, _LISTS, _POLICIES, _ISSUER_KEY_ID, _PURPOSES = (
    f"2.5.29.{arc}" for arc in (14, 15, 17, 19, 31, 32, 35, 37)
)
_ACCESS = "1.3.6.1.5.5.7.1.1"
_OCSP, _CA_ISSUERS, _CPS = "1.3.6.1.5.5.7.48.1", "1.3.6.1.5.5.7.48.2", "1.3.6.1.5.5.7.2.1"
_TOLD: Final = frozenset(
    {_KEY_ID, _KEY_USAGE, _NAMES, _CONSTRAINTS, _LISTS, _POLICIES, _ISSUER_KEY_ID, _PURPOSES, _ACCESS}
)
_STANDARD = "2.5.29."
"""The arc of RFC 5280's extensions, which are no texts of a CA's own."""
_LONGEST_ID = 64
"""Octets of a key identifier."""
Found = dict[str, Element]


def read_details(der: bytes) -> Details:
    """What can be told of a certificate; of bytes that are none, nothing."""
    fields = tbs_fields(der) if len(der) <= LONGEST else ()
    if len(fields) < 6:
        return Details()
    extensions = tuple(_extensions(fields))
    found: Found = dict(reversed(extensions))  # of one that stands there twice the first
    codes = tuple(Named(kind, text) for kind, text in _codes(extensions))
    told = _TOLD | {code.kind for code in codes}
    access = tuple(_access(found))
    return Details(
        subject=_named(fields[4]),
        issuer=_named(fields[2]),
        signature=_algorithm(fields[1]),
        usages=tuple(_usages(found)),
        purposes=tuple(PURPOSES.get(kind, kind) for kind in map(_oid, _row(found, _PURPOSES)) if kind),
        authority=any(part.tag == 0x01 and any(part.content) for part in _row(found, _CONSTRAINTS)[:1]),
        names=tuple(_alternatives(found)),
        policies=tuple(filter(None, (_oid(part) for policy in _row(found, _POLICIES) for part in policy.elements[:1]))),
        statements=tuple(_statements(found)),
        revocation_lists=tuple(_lists(found)),
        responders=tuple(place for kind, place in access if kind == _OCSP),
        issuers=tuple(place for kind, place in access if kind == _CA_ISSUERS),
        key_id=next((value.octets[:_LONGEST_ID].hex() for value in _values(found, _KEY_ID)), ""),
        issuer_key_id=next((p.content[:_LONGEST_ID].hex() for p in _row(found, _ISSUER_KEY_ID) if p.tag == 0x80), ""),
        codes=codes,
        others=tuple(dict.fromkeys(kind for kind, _ in extensions if kind not in told)),
    )


def _named(name: Element) -> tuple[Named, ...]:
    told = ((kind, printable(value)) for kind, value in attributes(name))
    return tuple(Named(kind, value) for kind, value in told if value)


def _algorithm(identifier: Element) -> str:
    kind = next(map(_oid, identifier.elements[:1]), "")
    return SIGNATURES.get(kind, kind)


def _extensions(fields: Sequence[Element]) -> Iterator[tuple[str, Element]]:
    """OID and OCTET STRING of each."""
    for wrapped in (field for field in fields if field.tag == 0xA3):
        for extension in [one for row in wrapped.elements for one in row.elements][:MOST]:
            match extension.elements:
                case (Element(tag=0x06) as kind, *_, Element() as value) if value.tag & ~CONSTRUCTED == 0x04:
                    yield oid(kind.content), value


def _values(found: Found, kind: str) -> tuple[Element, ...]:
    """What stands in the extension's OCTET STRING: one element, or none where it cannot be read."""
    return elements(found[kind].octets)[:1] if kind in found else ()


def _row(found: Found, kind: str) -> tuple[Element, ...]:
    """The elements of the SEQUENCE that the extension's value is."""
    return tuple(one for value in _values(found, kind) for one in value.elements[:MOST])


def _oid(element: Element) -> str:
    return oid(element.content) if element.tag == 0x06 else ""


def _usages(found: Found) -> Iterator[str]:
    for value in _values(found, _KEY_USAGE):
        bits = value.octets[1:] if value.tag & ~CONSTRUCTED == 0x03 else b""
        yield from (name for at, name in enumerate(USAGES) if at // 8 < len(bits) and bits[at // 8] & 0x80 >> at % 8)


def _alternatives(found: Found) -> Iterator[Named]:
    for value in _values(found, _NAMES):
        yield from (Named(kind, text) for kind, text in general.general_names(value) if text)


def _statements(found: Found) -> Iterator[str]:
    for policy in _row(found, _POLICIES):
        for qualifier in [one for row in policy.elements[1:2] for one in row.elements[:MOST]]:
            match qualifier.elements:
                case (kind, text, *_) if _oid(kind) == _CPS:
                    yield printable(words(text) or "")


def _lists(found: Found) -> Iterator[str]:
    """The full names of the distribution points."""
    for point in _row(found, _LISTS):
        for place in [name for one in point.elements[:1] if one.tag == 0xA0 for name in one.elements[:1]]:
            if place.tag == 0xA0:
                yield from (text for _, text in general.general_names(place) if text)


def _access(found: Found) -> Iterator[tuple[str, str]]:
    for description in _row(found, _ACCESS):
        match description.elements:
            case (kind, place, *_):
                yield from ((_oid(kind), text) for _, text in general.name(place) if text)


def _codes(extensions: Sequence[tuple[str, Element]]) -> Iterator[tuple[str, str]]:
    for kind, value in extensions:
        if kind not in _TOLD and not kind.startswith(_STANDARD) and (text := _text(value.octets)):
            yield kind, text


def _text(octets: bytes) -> str:
    """A string type, also in a choice's tag (GM/T 0015, IdentifyCode), or the bare text that some CAs write."""
    match elements(octets):
        case (Element() as only,) if only.whole == octets:
            return printable(_of(only))
    return _bare(octets)


def _of(element: Element) -> str:
    if element.tag & 0xC0 == 0x80:
        inner = element.elements if element.tag & CONSTRUCTED else ()
        return next((_of(one) for one in inner[:1]), "") if inner else _bare(element.content)
    return words(element) or ""


def _bare(octets: bytes) -> str:
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        return ""
    return printable(text) if text.isprintable() else ""
