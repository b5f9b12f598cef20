"""Certificates whose names break their string types' rules are renewed on a real token, the name's bytes kept."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from tests.harness.odd_certificates import CN, NOW, O, attribute, der, key_usage, name, odd
from tests.harness.token.support import APPLICATION, CHALLENGE, openssl, pin, quiet, reference, requested
from tests.rig.softhsm import (
    KEY_ID,
    KeyKind,
    SoftToken,
    TestCa,
    init_token,
    issue,
    make_key,
    put_certificate,
    put_key,
    subject,
)
from tui.core.certificate import CertificateState
from tui.core.eligibility import why_not
from tui.core.failure import Reason
from tui.core.order import ApplicationStatus
from tui.core.policy import KeyPolicy, SignatureScheme
from tui.core.x509.der import SEQUENCE, element, encode
from tui.core.x509.parts import dissect
from tui.desk.crypto.csr import read_request
from tui.token.tokens import Tokens
from tui.token.x509 import certificates

NAMES = {
    "PrintableString": name(attribute(O, 0x0C, "测试公司".encode()), attribute(CN, 0x13, b"Test & Sons_Co @ SZ*")),
    "SET OF": name(attribute(CN, 0x0C, "zzz供应商".encode()) + attribute(O, 0x0C, b"aa")),
    "T61String": name(attribute(CN, 0x14, "供应商".encode("gbk"))),
}
SHOWN = {"PrintableString": "Test & Sons_Co @ SZ*", "SET OF": "zzz供应商", "T61String": "供应商"}
KINDS: dict[KeyPolicy, KeyKind] = {KeyPolicy.REKEY: "rsa2048", KeyPolicy.KEEP: "ec256"}
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


def certify(ca: TestCa, holder: bytes, key: PublicKey, days_left: int = 20) -> bytes:
    """A certificate for this name (DER), which no library would write."""
    whole = element(issue(ca, subject("placeholder"), key, days_left=days_left), SEQUENCE)
    tbs, algorithm, _ = whole.row
    fields = [holder if field.whole == subject("placeholder").public_bytes() else field.whole for field in tbs.row]
    made = encode(SEQUENCE, *fields)
    assert isinstance(ca.key, ec.EllipticCurvePrivateKey)
    signature = encode(0x03, b"\0", ca.key.sign(made, ec.ECDSA(hashes.SHA256())))
    return encode(SEQUENCE, made, algorithm.whole, signature)


@pytest.mark.parametrize("odd_name", NAMES)
@pytest.mark.parametrize("policy", KINDS)
async def test_from_request_to_proof(
    tmp_path: Path, ca: TestCa, serving: Callable[..., Tokens], odd_name: str, policy: KeyPolicy
) -> None:
    holder, key, empty = NAMES[odd_name], make_key(KINDS[policy]), init_token(tmp_path / "token")
    old = certify(ca, holder, key.public_key())
    put_key(empty, key, key_id=KEY_ID, label="odd")
    put_certificate(empty, old, key_id=KEY_ID, label="odd")
    soft = SoftToken(empty.directory, empty.module, empty.environment, old, empty.pin, empty.label)
    tokens, application = serving(soft), replace(APPLICATION, key_policy=policy)
    (token,) = (await tokens.take_snapshot()).tokens
    assert [(c.common_name, c.well_formed) for c in token.certificates] == [(SHOWN[odd_name], True)]

    request = await requested(tokens, soft, application=application)
    csr = read_request(request.csr)
    csr.verify(SignatureScheme.PKCS1)
    assert csr.subject == holder
    (tmp_path / "request.pem").write_bytes(request.csr)
    (tmp_path / "evidence.der").write_bytes(request.evidence)
    (tmp_path / "ca.pem").write_bytes(ca.certificate.public_bytes(Encoding.PEM))
    openssl("req", "-in", "request.pem", "-verify", "-noout", folder=tmp_path)
    trusting = ("-CAfile", "ca.pem", "-purpose", "any", "-binary", "-out", "content")
    openssl("cms", "-verify", "-in", "evidence.der", "-inform", "DER", *trusting, folder=tmp_path)

    new = certify(ca, holder, csr.key, days_left=385)
    ready = replace(
        application, status=ApplicationStatus.ISSUED, certificate=new, challenge=CHALLENGE, old_certificate=old
    )
    done = await tokens.install(await reference(tokens, old), pin(), ready, quiet)
    assert (done.old.der, done.new.der, dissect(done.new.der).subject) == (old, new, holder)


async def test_another_encoding_of_the_same_name_is_not_installed(ca: TestCa, soft: SoftToken, tokens: Tokens) -> None:
    request = await requested(tokens, soft)
    other = dissect(soft.certificate_der).subject.replace(b"\x13\x02CN", b"\x0c\x02CN")
    ready = replace(
        APPLICATION,
        status=ApplicationStatus.ISSUED,
        certificate=certify(ca, other, read_request(request.csr).key, days_left=385),
        challenge=CHALLENGE,
        old_certificate=soft.certificate_der,
    )
    with pytest.raises(Exception, match="certificate_mismatch"):
        await tokens.install(await reference(tokens, soft.certificate_der), pin(), ready, quiet)


@pytest.mark.parametrize(
    "extensions",
    [
        key_usage(b"\xc0") + key_usage(b"\x38"),
        der(0x30, bytes.fromhex("0603551d0f"), der(0x04, b"\xff")),
    ],
    ids=["key usage twice", "key usage that is no DER"],
)
def test_what_standard_tools_call_invalid_is_shown_and_not_renewed(extensions: bytes) -> None:
    seen = certificates.read(
        odd(extensions=extensions, signature="1.2.840.10045.4.3.2"), b"\x01", "", has_private_key=True
    )
    assert (seen.readable, seen.well_formed, seen.state(NOW)) == (True, False, CertificateState.UNSUPPORTED)
    assert why_not(seen, NOW) is Reason.CERTIFICATE_MALFORMED


def test_the_key_and_dates_of_an_odd_certificate_are_the_strict_parser_s(ca: TestCa) -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    plain = certificates.read(issue(ca, subject("x"), key), b"", "", has_private_key=True)
    strange = certificates.read(certify(ca, NAMES["PrintableString"], key), b"", "", has_private_key=True)
    assert (strange.key, strange.spki, strange.usage) == (plain.key, plain.spki, plain.usage)
    assert isinstance(certificates.opened(strange.der), x509.Certificate)
