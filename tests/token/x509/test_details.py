"""A certificate's details: what OpenSSL tells of a good one, what can be read of an odd one, and nothing that harms."""

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID as Access
from cryptography.x509.oid import ExtendedKeyUsageOID as Purpose
from hypothesis import example, given
from hypothesis import strategies as st

from tests.harness.odd_certificates import CA, CN, EC, GOOD, SM2, attribute, der, key_usage, name, odd, oid
from tests.rig.softhsm import subject
from tui.core.details import Details, Named
from tui.token.x509.details import read_details

ESC = b"\x1b[2J[@click=app.exit]x[/]"


def extension(kind: str, content: bytes) -> bytes:
    """An extension with this content."""
    return der(0x30, oid(kind), der(0x04, content))


def whole() -> x509.Certificate:
    """A certificate with every extension that is told of."""
    uri = x509.UniformResourceIdentifier
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    told = [
        usage,
        x509.ExtendedKeyUsage([Purpose.CLIENT_AUTH, x509.ObjectIdentifier("1.2.3.4")]),
        x509.BasicConstraints(ca=False, path_length=None),
        x509.SubjectAlternativeName(
            [x509.RFC822Name("ca@example.cn"), x509.RegisteredID(x509.ObjectIdentifier("1.2.3"))]
        ),
        x509.CertificatePolicies(
            [x509.PolicyInformation(x509.ObjectIdentifier("1.2.3.5"), ["https://example.cn/cps"])]
        ),
        x509.CRLDistributionPoints([x509.DistributionPoint([uri("http://example.cn/1.crl")], None, None, None)]),
        x509.AuthorityInformationAccess(
            [
                x509.AccessDescription(Access.OCSP, uri("http://ocsp.example.cn/")),
                x509.AccessDescription(Access.CA_ISSUERS, uri("http://example.cn/ca.cer")),
            ]
        ),
        x509.SubjectKeyIdentifier.from_public_key(EC),
        x509.AuthorityKeyIdentifier(b"\x0c" * 20, None, None),
        x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.99"), b"\x05\x00"),
    ]
    builder = x509.CertificateBuilder(subject("某某公司"), subject("某某公司"), EC, 31)
    builder = builder.not_valid_before(datetime(2026, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2027, 1, 1, tzinfo=UTC)
    )
    for value in told:
        builder = builder.add_extension(value, critical=False)
    return builder.sign(CA.key, hashes.SHA256())


def test_of_a_good_certificate_everything_is_told() -> None:
    certificate = whole()
    read = read_details(certificate.public_bytes(Encoding.DER))
    digest = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    assert [(one.kind, one.value) for one in read.subject] == [
        (part.rfc4514_attribute_name, part.value) for part in certificate.subject
    ]
    assert read == Details(
        subject=read.subject,
        issuer=read.subject,
        signature="ECDSA-SHA256",
        usages=("digitalSignature", "nonRepudiation"),
        purposes=("clientAuth", "1.2.3.4"),
        names=(Named("rfc822Name", "ca@example.cn"), Named("registeredID", "1.2.3")),
        policies=("1.2.3.5",),
        statements=("https://example.cn/cps",),
        revocation_lists=("http://example.cn/1.crl",),
        responders=("http://ocsp.example.cn/",),
        issuers=("http://example.cn/ca.cer",),
        key_id=digest.hex(),
        issuer_key_id="0c" * 20,
        others=("2.5.29.99",),
    )


def test_an_sm2_certificate_with_a_name_in_gbk_is_told_with_the_numbers_of_its_ca() -> None:
    """As GM/T 0015 writes them, in a choice's tag too, and as bare text."""
    value = odd(
        holder=name(
            attribute("1.2.156.10260.4.1.4", 0x13, b"91440300100012316L"), attribute(CN, 0x0C, "供应商".encode("gbk"))
        ),
        spki=der(0x30, der(0x30, oid("1.2.840.10045.2.1"), oid(SM2)), der(0x03, b"\0\4" + bytes(64))),
        extensions=key_usage(b"\xc0")
        + extension("1.2.156.10260.4.1.1", der(0x80, b"11010519491231002X"))
        + extension("1.2.156.10260.4.1.3", der(0x13, b"440301103097413"))
        + extension("1.3.6.1.4.1.18760.1.12.11", der(0x0C, "1@甲".encode()))
        + extension("1.3.6.1.4.1.18760.1.12.14", b"bare")
        + extension("1.2.3.4.5", b"\xff\xfe"),
    )
    read = read_details(value)
    assert (read.signature, read.usages) == ("SM2-SM3", ("digitalSignature", "nonRepudiation"))
    assert read.subject == (Named("1.2.156.10260.4.1.4", "91440300100012316L"), Named("CN", "供应商"))
    assert read.codes == (
        Named("1.2.156.10260.4.1.1", "11010519491231002X"),
        Named("1.2.156.10260.4.1.3", "440301103097413"),
        Named("1.3.6.1.4.1.18760.1.12.11", "1@甲"),
        Named("1.3.6.1.4.1.18760.1.12.14", "bare"),
    )
    assert read.others == ("1.2.3.4.5",)
    assert read_details(value[:-70]) == read


def test_broken_extensions_hide_none_of_the_others() -> None:
    broken = extension("2.5.29.31", b"\x30\xff") + extension("2.5.29.32", b"") + extension("2.5.29.35", b"\x04\x02")
    read = read_details(odd(extensions=broken + key_usage(b"\x20")))
    assert (read.usages, read.revocation_lists, read.policies, read.issuer_key_id) == (("keyEncipherment",), (), (), "")


def test_what_is_no_certificate_has_no_details() -> None:
    assert read_details(b"x" * 812) == read_details(b"") == read_details(bytes(70_000)) == Details()


SAMPLES = (
    GOOD,
    whole().public_bytes(Encoding.DER),
    odd(
        holder=name(attribute(CN, 0x0C, ESC), attribute("1.2.3", 0x16, ESC)),
        extensions=extension("1.2.3.4", der(0x0C, ESC))
        + extension(
            "2.5.29.17", der(0x30, der(0x86, ESC), der(0x87, bytes(4)), der(0x87, bytes(16)), der(0xA4, name()))
        )
        + extension("2.5.29.31", der(0x30, der(0x30, der(0xA0, der(0xA0, der(0x86, ESC)))))),
    ),
)
CHANGES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=12)


@given(st.sampled_from(SAMPLES), CHANGES, st.floats(0, 1))
@example(SAMPLES[2], [], 1.0)
def test_whatever_the_bytes_nothing_is_raised_and_all_of_it_can_be_shown(
    sample: bytes, changes: list[tuple[float, int]], kept: float
) -> None:
    value = bytearray(sample)
    for place, octet in changes:
        value[int(place * len(value))] = octet
    read = read_details(bytes(value[: int(kept * len(value))]))
    named = [*read.subject, *read.issuer, *read.names, *read.codes]
    texts = [text for one in named for text in (one.kind, one.value)]
    texts += [*read.statements, *read.revocation_lists, *read.responders, *read.issuers, *read.policies, *read.others]
    for text in texts:
        assert text.isprintable()
        assert len(text) <= 400
