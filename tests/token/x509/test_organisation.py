"""The organisation and its number, from wherever Chinese CAs put them; nothing else is taken for a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.harness.odd_certificates import CA, EC, NAME, attribute, der, name, odd, oid
from tests.rig.softhsm import issue, subject
from tui.token.x509 import certificates
from tui.token.x509.organisation import Organisation, organisation

O, NUMBER = "2.5.4.10", "91440300100012316L"  # noqa: E741 - the attribute's name
COMPANY = "深圳某某有限公司"


def extension(kind: str, content: bytes) -> bytes:
    """An extension with this content."""
    return der(0x30, oid(kind), der(0x04, content))


def holder(*more: bytes) -> bytes:
    """A company's subject with more attributes."""
    return name(attribute(O, 0x0C, COMPANY.encode()), *more)


@pytest.mark.parametrize(
    "certificate",
    [
        odd(holder=holder(attribute("2.5.4.5", 0x13, NUMBER.encode()))),
        odd(holder=holder(attribute("2.5.4.97", 0x0C, b"NTRCN-" + NUMBER.encode()))),
        odd(holder=holder(attribute("2.5.4.97", 0x0C, b"VATCN" + NUMBER.encode()))),
        odd(holder=holder(attribute("1.2.156.10260.4.1.4", 0x13, NUMBER.lower().encode()))),
        odd(holder=holder(), extensions=extension("1.2.156.10260.4.1.3", der(0x13, NUMBER.encode()))),
        odd(holder=holder(), extensions=extension("1.2.156.10260.4.1.4", der(0x0C, NUMBER.encode()))),
        odd(holder=holder(), extensions=extension("1.2.156.10260.4.1.5", NUMBER.encode())),
        odd(holder=holder(), extensions=extension("1.2.156.11.7.4", der(0x16, NUMBER.encode()))),
        odd(holder=holder(), extensions=extension("1.2.156.10260.4.1.4", der(0x1E, NUMBER.encode("utf-16-be")))),
        odd(
            holder=name(attribute(O, 0x14, COMPANY.encode("gb18030"))),
            extensions=extension("1.2.156.10260.4.1.3", der(0x13, b"440301103097413"))
            + extension("1.2.156.10260.4.1.4", der(0x13, NUMBER.encode())),
        ),
    ],
)
def test_the_number_is_found_where_it_stands(certificate: bytes) -> None:
    assert organisation(certificate) == Organisation(COMPANY, NUMBER)


@pytest.mark.parametrize(
    "more",
    [
        b"",
        extension("1.2.156.10260.4.1.4", der(0x13, b"91440300100012316M")),
        extension("1.2.156.10260.4.1.1", der(0x13, NUMBER.encode())),
        extension("1.2.156.10260.4.1.1", der(0x13, b"11010519491231002X")),
        extension("1.2.156.10260.4.1.4", der(0x13, b"11010519491231002X")),
        extension("1.2.156.10260.4.1.4", b"\xff" * 40),
        extension("1.2.156.10260.4.1.4", der(0x13, (NUMBER + "0").encode())),
    ],
)
def test_what_is_no_credit_code_is_not_offered(more: bytes) -> None:
    assert organisation(odd(holder=holder(), extensions=more)) == Organisation(COMPANY, "")


def test_a_person_s_certificate_offers_nothing() -> None:
    person = name(attribute("2.5.4.3", 0x0C, "张三".encode()), attribute("2.5.4.5", 0x13, b"11010519491231002X"))
    assert organisation(odd(holder=person)) == Organisation()


def test_they_are_read_with_the_certificate() -> None:
    read = certificates.read(
        odd(holder=holder(attribute("2.5.4.5", 0x13, NUMBER.encode()))), b"", "", has_private_key=True
    )
    assert (read.organisation, read.organisation_number) == (COMPANY, NUMBER)
    strict = certificates.read(issue(CA, subject("某某"), EC), b"", "", has_private_key=True)
    assert strict.organisation_number == ""


def test_control_sequences_are_no_part_of_it() -> None:
    soiled = name(attribute(O, 0x0C, "深圳\x1b[31m某某\u202e有限公司".encode()))
    assert organisation(odd(holder=soiled)).name == COMPANY


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_an_exception(noise: bytes) -> None:
    organisation(noise)
    organisation(odd(holder=NAME, extensions=extension("1.2.156.10260.4.1.4", noise)))
    organisation(odd(holder=der(0x30, noise)))
