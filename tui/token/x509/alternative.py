"""Read subject alternative names (RFC 5280 4.2.1.6): the holder where the subject is empty."""

from collections.abc import Iterator, Sequence

from tui.core.text_safety import printable
from tui.core.x509.ber import Element, elements
from tui.token.x509 import strings
from tui.token.x509.general_names import DIRECTORY_NAME, MOST, OTHER_NAME, PLAIN, name
from tui.token.x509.strings import Name

SUBJECT_ALT_NAME = bytes.fromhex("551d11")
"""2.5.29.17."""


def alternative_name(values: Sequence[Element]) -> Name:
    """The names in the extension's value as one text, and the first of them; empty without any."""
    told = [named for value in values for row in elements(value.octets)[:1] for named in _names(row)]
    plain = next((name for _, name in told if name), "")
    return Name(printable(",".join(text for text, _ in told)), plain)


def _names(row: Element) -> Iterator[tuple[str, str]]:
    """(`type=value`, value) of the GeneralNames that are text."""
    for general in row.elements[:MOST]:
        if general.tag == DIRECTORY_NAME:
            for sequence in general.elements[:1]:
                held = strings.name(sequence)
                yield held.text, held.common_name or held.text
        elif general.tag == OTHER_NAME or general.tag in PLAIN:
            yield from ((f"{kind}={strings.escaped(plain)}", plain) for kind, plain in name(general))
