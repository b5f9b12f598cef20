"""General names (RFC 5280 4.2.1.6) as pairs of what they are and their text."""

from collections.abc import Iterator
from typing import Final

from tui.core.text_safety import printable
from tui.core.x509.ber import Element
from tui.token.x509 import strings

PLAIN: Final = {0x81: "rfc822Name", 0x82: "dNSName", 0x86: "uniformResourceIdentifier"}
"""By context-specific tag, IA5Strings all."""
OTHER_NAME, DIRECTORY_NAME, ADDRESS, REGISTERED = 0xA0, 0xA4, 0x87, 0x88
_UPN = "1.3.6.1.4.1.311.20.2.3"
"""The otherName that Windows signs in by."""
MOST = 20
"""Names of one row."""


def general_names(row: Element) -> Iterator[tuple[str, str]]:
    """Those of GeneralNames that are text, an address or an object identifier."""
    for one in row.elements[:MOST]:
        yield from name(one)


def name(one: Element) -> Iterator[tuple[str, str]]:
    """One name, or none where it cannot be told."""
    match one.tag:
        case tag if tag in PLAIN:
            yield PLAIN[tag], printable(one.octets.decode(errors="replace"))
        case tag if tag == OTHER_NAME:
            yield from other_name(one)
        case tag if tag == DIRECTORY_NAME:
            yield from (("directoryName", strings.name(sequence).text) for sequence in one.elements[:1])
        case tag if tag == ADDRESS and len(one.content) in (4, 16):
            from ipaddress import ip_address  # 3 ms that the driver's process need not spend

            yield "iPAddress", str(ip_address(one.content))
        case tag if tag == REGISTERED:
            yield "registeredID", strings.oid(one.content)
        case _:
            return


def other_name(one: Element) -> Iterator[tuple[str, str]]:
    """An otherName whose value is text, by its OID."""
    match one.elements:
        case (Element(tag=0x06) as kind, Element(tag=0xA0) as wrapped, *_):
            dotted = strings.oid(kind.content)
            for value in wrapped.elements[:1]:
                if (text := strings.words(value)) is not None:
                    yield ("UPN" if dotted == _UPN else dotted), printable(text)
