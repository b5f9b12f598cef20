"""Read the organisation that a certificate names, and its number, to offer them for the invoice."""

import re
from collections.abc import Iterator, Sequence

from tui.core.form.characters import clean, half_width
from tui.core.form.invoices import is_credit_code
from tui.core.frozen import frozen
from tui.core.x509.ber import Element, elements
from tui.token.x509.lenient import LONGEST, tbs_fields
from tui.token.x509.strings import oid, words

_O = "2.5.4.10"
_NUMBERED = (
    *(f"1.2.156.10260.4.1.{last}" for last in (5, 4, 3)),  # GM/T 0015: tax number, organisation code, registration
    *(f"1.2.156.11.7.{last}" for last in (5, 4, 3)),  # the same before it
    "2.5.4.97",  # organizationIdentifier, `NTRCN-…` (ETSI EN 319 412-1 5.1.4)
    "2.5.4.5",  # serialNumber
)
"""Where a credit code may stand, in a subject or as an extension, the plainest first."""
_WORD = re.compile(r"(?:(?:NTR|VAT|TIN)CN)?([0-9A-Z]+)", re.ASCII)
_MOST = 100
"""Attributes or extensions looked at."""


@frozen
class Organisation:
    """Both empty for a person's certificate."""

    name: str = ""
    number: str = ""
    """统一社会信用代码 with a right check character (GB 32100)."""


def organisation(der: bytes) -> Organisation:
    """What the certificate says, whatever its bytes."""
    fields = tbs_fields(der) if len(der) <= LONGEST else ()
    if len(fields) < 5:
        return Organisation()
    told = [*_attributes(fields[4]), *_extensions(fields)]
    names = [text for kind, text in told if kind == _O]
    numbers = (code for wanted in _NUMBERED for kind, text in told if kind == wanted for code in _codes(text))
    return Organisation(names[-1] if names else "", next(numbers, ""))


def _codes(text: str) -> Iterator[str]:
    words = _WORD.finditer(half_width(text[:_MOST].upper()))
    yield from (word[1] for word in words if is_credit_code(word[1]))


def _attributes(subject: Element) -> Iterator[tuple[str, str]]:
    for relative in subject.elements[:_MOST]:
        for attribute in relative.elements[:_MOST]:
            match attribute.elements:
                case (Element(tag=0x06) as kind, value, *_):
                    yield oid(kind.content), _whole(words(value))


def _extensions(fields: Sequence[Element]) -> Iterator[tuple[str, str]]:
    for wrapped in (field for field in fields if field.tag == 0xA3):
        for extension in [one for row in wrapped.elements for one in row.elements][:_MOST]:
            match extension.elements:
                case (Element(tag=0x06) as kind, *_, Element(tag=0x04) as value):
                    yield oid(kind.content), _content(value.octets)


def _content(octets: bytes) -> str:
    """A string type, or the bare text that some CAs write in its place."""
    match elements(octets):
        case (Element() as only,) if only.whole == octets and (text := words(only)) is not None:
            return _whole(text)
    return clean(octets.decode("ascii")) if octets.isascii() else ""


def _whole(text: str | None) -> str:
    """Nothing where a letter of it got lost: what is offered must be what is registered."""
    return "" if text is None or "\ufffd" in text else clean(text)
