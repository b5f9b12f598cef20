"""Evidence that is taken is what anybody can verify with it alone."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from tests.harness.desk.signing import PSS, sign_evidence
from tests.rig.softhsm import issue, make_ca, subject
from tui.core.policy import SignatureScheme
from tui.core.x509.der import SEQUENCE, SET, Element, element, encode
from tui.desk.crypto.cms import verified_content
from tui.desk.crypto.signatures import NotSigned

CONTENT, KEY, CA = b"{}\ncsr", ec.generate_private_key(ec.SECP256R1()), make_ca()
SIGNER, OTHER = (issue(CA, subject(name), KEY.public_key()) for name in ("张三", "李四"))
EVIDENCE = sign_evidence(KEY, SIGNER, CONTENT, PSS)
_FIRST, _SECOND, _INTEGER = 0xA0, 0xA1, 0x02
SHA_1, SHA_256 = (encode(SEQUENCE, encode(0x06, bytes.fromhex(arcs))) for arcs in ("2b0e03021a", "608648016503040201"))
KIND, DATA = element(EVIDENCE, SEQUENCE).row
VERSION, DIGESTS, INNER, CERTIFICATES, SIGNERS = element(DATA.content, SEQUENCE).row


def evidence(*fields: bytes) -> bytes:
    """SignedData of these fields."""
    return encode(SEQUENCE, KIND.whole, encode(_FIRST, encode(SEQUENCE, *fields)))


def around(
    *,
    version: bytes = VERSION.whole,
    digests: bytes = DIGESTS.whole,
    certificates: bytes = CERTIFICATES.whole,
    crls: bytes = b"",
    signers: bytes = SIGNERS.whole,
) -> bytes:
    """The evidence with other things about what is signed."""
    return evidence(version, digests, INNER.whole, certificates, crls, signers)


def signer(*, version: bytes = encode(_INTEGER, b"\1"), more: bytes = b"") -> bytes:
    """The signer's part with another version, or something unsigned behind it."""
    _, *fields = _signer().row
    return encode(SET, encode(SEQUENCE, version, *(field.whole for field in fields), more))


def _signer() -> Element:
    return SIGNERS.row[0]


UNSIGNED = encode(SEQUENCE, encode(0x06, b"\x2a\x03"), encode(SET, encode(0x05)))
ODD = {
    "no certificate": around(certificates=b""),
    "an empty set of certificates": around(certificates=encode(_FIRST)),
    "another's certificate": around(certificates=encode(_FIRST, OTHER)),
    "one more certificate": around(certificates=encode(_FIRST, SIGNER, OTHER)),
    "the certificate twice": around(certificates=encode(_FIRST, SIGNER, SIGNER)),
    "a certificate that is none": around(certificates=encode(_FIRST, encode(SEQUENCE))),
    "a certificate of which a bit fell": around(certificates=encode(_FIRST, SIGNER[:-1] + bytes((SIGNER[-1] ^ 1,)))),
    "a revocation list": around(crls=encode(_SECOND, encode(SEQUENCE))),
    "no digest algorithm": around(digests=encode(SET)),
    "another digest algorithm": around(digests=encode(SET, SHA_1)),
    "two digest algorithms": around(digests=encode(SET, SHA_1, SHA_256)),
    "version 3": around(version=encode(_INTEGER, b"\3")),
    "a negative version": around(version=encode(_INTEGER, b"\xff")),
    "a huge version": around(version=encode(_INTEGER, b"\x7f" * 1000)),
    "a signer of version 3": around(signers=signer(version=encode(_INTEGER, b"\3"))),
    "an unsigned attribute": around(signers=signer(more=encode(_SECOND, UNSIGNED))),
    "two signers": around(signers=encode(SET, _signer().whole, _signer().whole)),
    "no signer": around(signers=encode(SET)),
}


OCTETS, TIME, NOTHING = encode(0x04, b"x"), encode(0x17, b"261130095600Z"), encode(_INTEGER)
COUNTERSIGNATURE, CAPABILITIES, SIGNING_TIME = (
    encode(0x06, bytes.fromhex(f"2a864886f70d0109{last}")) for last in ("06", "0f", "05")
)


def signing(*more: bytes, shown: Callable[[bytes], bytes] = bytes) -> bytes:
    """Evidence of an own signature over these attributes too, in which the attributes are shown otherwise."""
    fields = [field.whole for field in _signer().row]
    kept = [one.whole for one in element(fields[3], _FIRST).row if SIGNING_TIME not in one.whole]
    attributes = sorted((*kept, *more))
    fields[5] = encode(0x04, KEY.sign(encode(SET, *attributes), ec.ECDSA(SHA256())))
    fields[3] = encode(_FIRST, *map(shown, attributes))
    return around(signers=encode(SET, encode(SEQUENCE, *fields)))


def saying(kind: bytes, value: bytes) -> bytes:
    return encode(SEQUENCE, kind, encode(SET, value))


def padded(attribute: bytes) -> bytes:
    """With the length of its value, where that is a SEQUENCE, told in one octet more."""
    kind, values = element(attribute, SEQUENCE).row
    value = values.row[0]
    longer = bytes((value.tag, 0x81, len(value.content))) + value.content
    return saying(kind.whole, longer) if value.tag == SEQUENCE else attribute


BREAKING = {
    "an attribute that is in BER": signing(saying(CAPABILITIES, encode(SEQUENCE, OCTETS)), shown=padded),
    "a number that is none": signing(saying(CAPABILITIES, NOTHING)),
    "a countersignature that is signed": signing(saying(COUNTERSIGNATURE, encode(SEQUENCE))),
    "a time that is no number": signing(saying(SIGNING_TIME, NOTHING)),
}
"""Signed by the holder, and refused by OpenSSL."""


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the CA."""
    path = tmp_path_factory.mktemp("cms") / "ca.pem"
    path.write_bytes(CA.certificate.public_bytes(Encoding.PEM))
    return path


@pytest.mark.parametrize("more", [(), (saying(SIGNING_TIME, TIME),)], ids=["two", "with a time"])
def test_attributes_that_say_what_they_must_are_verified_by_both(trusted: Path, more: tuple[bytes, ...]) -> None:
    message = signing(*more)
    assert verified_content(message, SIGNER, SignatureScheme.PKCS1) == CONTENT
    assert by_openssl(trusted, message) == CONTENT


@pytest.mark.parametrize("what", BREAKING)
def test_what_openssl_refuses_proves_nothing_though_the_holder_signed_it(trusted: Path, what: str) -> None:
    assert by_openssl(trusted, BREAKING[what]) is None
    with pytest.raises(NotSigned):
        verified_content(BREAKING[what], SIGNER, SignatureScheme.PKCS1)


def by_openssl(trusted: Path, message: bytes) -> bytes | None:
    """The content, where OpenSSL verifies it."""
    verify = ["openssl", "cms", "-verify", "-inform", "DER", "-binary", "-purpose", "any", "-CAfile", str(trusted)]
    done = subprocess.run(verify, input=message, capture_output=True, check=False)
    return None if done.returncode else done.stdout


def test_what_the_kiosk_signs_is_verified_by_the_desk_and_by_openssl(trusted: Path) -> None:
    assert around() == EVIDENCE
    assert verified_content(EVIDENCE, SIGNER, SignatureScheme.PKCS1) == CONTENT
    assert by_openssl(trusted, EVIDENCE) == CONTENT


def test_a_signer_s_certificate_in_ber_is_taken_as_it_stands_alone() -> None:
    in_ber = b"\x30\x80" + element(SIGNER, SEQUENCE).content + b"\0\0"
    message = around(certificates=encode(_FIRST, in_ber))
    assert verified_content(message, in_ber, SignatureScheme.PKCS1) == CONTENT
    quoted = element(element(sign_evidence(KEY, SIGNER, SIGNER, PSS), SEQUENCE).row[1].content, SEQUENCE).row
    beside = evidence(*(encode(_FIRST, in_ber) if one.tag == _FIRST else one.whole for one in quoted))
    for shown, signer in ((EVIDENCE, in_ber), (message, SIGNER), (beside, SIGNER)):
        with pytest.raises(NotSigned):
            verified_content(shown, signer, SignatureScheme.PKCS1)


@pytest.mark.parametrize("what", ODD)
def test_nothing_unsigned_is_taken_that_could_be_otherwise(what: str) -> None:
    with pytest.raises(NotSigned):
        verified_content(ODD[what], SIGNER, SignatureScheme.PKCS1)
