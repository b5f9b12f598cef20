"""Read subject alternative names (RFC 5280 4.2.1.6): the holder where the subject is empty."""

from collections.abc import Iterator, Sequence

from tui.core.text_safety import printable
from tui.token.x509 import strings
from tui.token.x509.ber import Element, elements
from tui.token.x509.strings import Name

SUBJECT_ALT_NAME = bytes.fromhex("551d11")
"""2.5.29.17."""
_UPN = "1.3.6.1.4.1.311.20.2.3"
"""The otherName that Windows signs in by."""
_PLAIN = {0x81: "rfc822Name", 0x82: "dNSName", 0x86: "uniformResourceIdentifier"}
"""By context-specific tag, IA5Strings all."""
_OTHER_NAME, _DIRECTORY_NAME = 0xA0, 0xA4
_MOST = 20
"""Names of one certificate."""


def alternative_name(values: Sequence[Element]) -> Name:
    """The names in the extension's value as one text, and the first of them; empty without any."""
    told = [named for value in values for row in elements(value.octets)[:1] for named in _names(row)]
    plain = next((name for _, name in told if name), "")
    return Name(printable(",".join(text for text, _ in told)), plain)


def _names(row: Element) -> Iterator[tuple[str, str]]:
    """(`type=value`, value) of the GeneralNames that are text."""
    for general in row.elements[:_MOST]:
        match general.tag:
            case tag if tag in _PLAIN:
                yield _told(_PLAIN[tag], general.octets.decode(errors="replace"))
            case tag if tag == _OTHER_NAME:
                yield from _other(general)
            case tag if tag == _DIRECTORY_NAME:
                for sequence in general.elements[:1]:
                    held = strings.name(sequence)
                    yield held.text, held.common_name or held.text
            case _:
                continue


def _other(general: Element) -> Iterator[tuple[str, str]]:
    match general.elements:
        case (Element(tag=0x06) as kind, Element(tag=0xA0) as wrapped, *_):
            dotted = strings.oid(kind.content)
            for value in wrapped.elements[:1]:
                if (words := strings.words(value)) is not None:
                    yield _told("UPN" if dotted == _UPN else dotted, words)


def _told(kind: str, value: str) -> tuple[str, str]:
    plain = printable(value)
    return f"{kind}={strings.escaped(plain)}", plain
