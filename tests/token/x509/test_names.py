"""Attributes by their names, and an empty subject by its alternative names, the same from both parsers."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID as Oid
from cryptography.x509.oid import ObjectIdentifier

from tests.harness.odd_certificates import CA, NOW, name, odd
from tests.harness.odd_certificates import der as element
from tests.harness.odd_certificates import oid as encoded
from tui.core.certificate import Certificate
from tui.token.x509 import certificates, lenient

KEY = ec.generate_private_key(ec.SECP256R1()).public_key()
UPN = ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")


def rdn(*attributes: tuple[ObjectIdentifier, str]) -> x509.RelativeDistinguishedName:
    return x509.RelativeDistinguishedName(x509.NameAttribute(kind, value) for kind, value in attributes)


def read(subject: x509.Name, *alternative: x509.GeneralName, issuer: x509.Name = CA.certificate.subject) -> Certificate:
    """A certificate of these names, as the strict parser reads it; the lenient one must read the same."""
    builder = (
        x509.CertificateBuilder(issuer, subject, KEY, 7).not_valid_before(NOW).not_valid_after(NOW.replace(year=2027))
    )
    if alternative:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternative), critical=True)
    der = builder.sign(CA.key, hashes.SHA256()).public_bytes(Encoding.DER)
    strict = certificates.read(der, b"", "", has_private_key=True)
    assert strict.well_formed
    reading = lenient.read(der)
    assert reading is not None
    assert (reading.subject, reading.common_name) == (strict.subject, strict.common_name)
    assert reading.issuer == strict.issuer
    return strict


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (Oid.EMAIL_ADDRESS, "emailAddress"),
        (Oid.SERIAL_NUMBER, "serialNumber"),
        (Oid.ORGANIZATION_IDENTIFIER, "organizationIdentifier"),
        (Oid.GIVEN_NAME, "GN"),
        (Oid.SURNAME, "SN"),
        (Oid.TITLE, "title"),
        (Oid.POSTAL_CODE, "postalCode"),
        (Oid.BUSINESS_CATEGORY, "businessCategory"),
        (Oid.UNSTRUCTURED_NAME, "unstructuredName"),
        (Oid.USER_ID, "UID"),
        (ObjectIdentifier("2.5.4.20"), "telephoneNumber"),
        (ObjectIdentifier("1.2.156.10260.4.1.4"), "1.2.156.10260.4.1.4"),
    ],
)
def test_an_attribute_has_its_name(kind: ObjectIdentifier, told: str) -> None:
    seen = read(x509.Name([rdn((Oid.COMMON_NAME, "某某")), rdn((kind, "9144"))]))
    assert seen.subject == f"{told}=9144,CN=某某"


def test_the_issuer_s_attributes_have_their_names_too() -> None:
    issuer = x509.Name([rdn((Oid.COMMON_NAME, "CA")), rdn((Oid.EMAIL_ADDRESS, "ca@b.cn"))])
    assert read(x509.Name([rdn((Oid.COMMON_NAME, "某某"))]), issuer=issuer).issuer == "emailAddress=ca@b.cn,CN=CA"


def test_a_multi_valued_rdn_is_one_part_of_the_name() -> None:
    joined = rdn((Oid.COMMON_NAME, "甲"), (Oid.SERIAL_NUMBER, "91440101MA5XXXXXX1"))
    seen = read(x509.Name([rdn((Oid.COUNTRY_NAME, "CN")), joined]))
    first, country = seen.subject.split(",")
    assert set(first.split("+")) == {"CN=甲", "serialNumber=91440101MA5XXXXXX1"}
    assert (country, seen.common_name) == ("C=CN", "甲")


@pytest.mark.parametrize(
    ("alternative", "subject", "common_name"),
    [
        ((x509.DNSName("vpn.example.cn"),), "dNSName=vpn.example.cn", "vpn.example.cn"),
        (
            (x509.RFC822Name("zhang@example.cn"), x509.DNSName("b.cn")),
            "rfc822Name=zhang@example.cn,dNSName=b.cn",
            "zhang@example.cn",
        ),
        (
            (x509.DirectoryName(x509.Name([rdn((Oid.COUNTRY_NAME, "CN")), rdn((Oid.COMMON_NAME, "某某公司"))])),),
            "CN=某某公司,C=CN",
            "某某公司",
        ),
        (
            (x509.DirectoryName(x509.Name([rdn((Oid.SERIAL_NUMBER, "9144"))])),),
            "serialNumber=9144",
            "serialNumber=9144",
        ),
        ((x509.OtherName(UPN, element(0x0C, "张三@corp".encode())),), "UPN=张三@corp", "张三@corp"),
        ((x509.OtherName(ObjectIdentifier("1.2.3"), element(0x0C, b"a,b")),), r"1.2.3=a\,b", "a,b"),
        (
            (x509.RegisteredID(ObjectIdentifier("1.2.3")), x509.UniformResourceIdentifier("urn:x")),
            "uniformResourceIdentifier=urn:x",
            "urn:x",
        ),
        ((), "", ""),
    ],
)
def test_an_empty_subject_is_shown_by_its_alternative_names(
    alternative: tuple[x509.GeneralName, ...], subject: str, common_name: str
) -> None:
    seen = read(x509.Name([]), *alternative)
    assert (seen.subject, seen.common_name) == (subject, common_name)


def test_a_subject_that_is_there_is_not_replaced() -> None:
    seen = read(x509.Name([rdn((Oid.COMMON_NAME, "某某"))]), x509.DNSName("b.cn"))
    assert (seen.subject, seen.common_name) == ("CN=某某", "某某")


def test_a_blank_common_name_gives_way_to_the_organisation() -> None:
    seen = read(x509.Name([rdn((Oid.ORGANIZATION_NAME, "某某公司")), rdn((Oid.COMMON_NAME, " "))]))
    assert seen.common_name == "某某公司"


@pytest.mark.parametrize("value", [b"", b"\x30", b"\x30\x02\x82\x01", b"\x30\x05\xa0\x03\x06\x01\x2a", b"\x04\x00"])
def test_alternative_names_that_are_broken_are_passed_over(value: bytes) -> None:
    extension = element(0x30, encoded("2.5.29.17"), element(0x04, value))
    reading = lenient.read(odd(holder=name(), extensions=extension))
    assert reading is not None
    assert reading.subject == ""


def test_unsafe_characters_of_an_alternative_name_are_dropped() -> None:
    value = element(0x30, element(0x82, b"a\x1b[31m\xe2\x80\xaeb"))
    extension = element(0x30, encoded("2.5.29.17"), element(0x04, value))
    reading = lenient.read(odd(holder=name(), extensions=extension))
    assert reading is not None
    assert reading.common_name == "a[31mb"
