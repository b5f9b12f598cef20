"""Evidence that is taken is what anybody can verify with it alone."""

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
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


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the CA."""
    path = tmp_path_factory.mktemp("cms") / "ca.pem"
    path.write_bytes(CA.certificate.public_bytes(Encoding.PEM))
    return path


def test_what_the_kiosk_signs_is_verified_by_the_desk_and_by_openssl(trusted: Path) -> None:
    assert around() == EVIDENCE
    assert verified_content(EVIDENCE, SIGNER, SignatureScheme.PKCS1) == CONTENT
    verify = ["openssl", "cms", "-verify", "-inform", "DER", "-binary", "-purpose", "any", "-CAfile", str(trusted)]
    assert subprocess.run(verify, input=EVIDENCE, capture_output=True, check=True).stdout == CONTENT


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
