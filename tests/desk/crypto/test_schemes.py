"""The signature scheme that the CA wants is the only one taken, for CSR, evidence and proof alike."""

import random
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import load_der_x509_certificate
from cryptography.x509.oid import SignatureAlgorithmOID as Oid

from tests.harness.desk.rules import installed, key_of, refusal, town_under
from tests.harness.desk.signing import PADDINGS, PSS, sign_evidence, sign_request
from tests.harness.desk.town import Person, Town, b64
from tui.core.evidence import evidence_content
from tui.core.failure import Reason
from tui.core.order import Application, ApplicationStatus
from tui.core.policy import KeyPolicy, SignatureScheme
from tui.desk.crypto.cms import verified_content
from tui.desk.crypto.signatures import (
    SHA_256,
    DigestAlgorithm,
    MaskGeneration,
    NotSigned,
    PssParameters,
    SignatureAlgorithm,
    demand,
)
from tui.desk.refusals import Refused
from tui.desk.renewals.evidence import verify_request
from tui.desk.storage.database import reading
from tui.desk.storage.records import ApplicationRecord
from tui.deskclient.wire import SubmitRequest

SCHEMES = list(SignatureScheme)
OTHER = {SignatureScheme.PKCS1: SignatureScheme.PSS, SignatureScheme.PSS: SignatureScheme.PKCS1}
WITH_OPENSSL = ["-keyopt", "rsa_padding_mode:pss", "-keyopt"]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A desk whose CA wants PSS and keeps keys."""
    town = town_under(tmp_path, KeyPolicy.KEEP, SignatureScheme.PSS)
    yield town
    town.desk.engine.dispose()


@pytest.fixture
def person(town: Town) -> Person:
    """With an RSA key."""
    return town.person(key=key_of("RSA-2048"))


def hand_in(person: Person, draft: Application, csr: bytes, evidence: bytes) -> Application:
    body = {"csr": b64(csr), "evidence": b64(evidence)}
    return person.ask("PUT", f"/applications/{draft.business_no}/request", body)


def subject(person: Person) -> x509.Name:
    return load_der_x509_certificate(person.certificate).subject


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_other_scheme_is_refused_in_csr_evidence_and_proof(tmp_path: Path, scheme: SignatureScheme) -> None:
    town = town_under(tmp_path, KeyPolicy.KEEP, scheme)
    person = town.person(key=key_of("RSA-2048"))
    draft = person.save()
    right, wrong = PADDINGS[scheme], PADDINGS[OTHER[scheme]]
    for of_csr, of_evidence, at in [(wrong, right, "CSR"), (right, wrong, "evidence")]:
        csr = sign_request(person.key, subject(person), of_csr)
        content = evidence_content(draft.statement, csr)
        evidence = sign_evidence(person.key, person.certificate, content, of_evidence)
        refused = refusal(Reason.REQUEST_REFUSED, lambda c=csr, e=evidence: hand_in(person, draft, c, e))  # type: ignore[misc]
        assert refused.problem["detail"].startswith(f"{at}: signature algorithm is not RSASSA-")
    issued = town.issued(person)
    refusal(Reason.PROOF_REFUSED, lambda: replace(person, scheme=OTHER[scheme]).prove(issued))
    assert person.prove(issued).status is ApplicationStatus.INSTALLED
    town.desk.engine.dispose()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_ec_keys_sign_alike_under_both(tmp_path: Path, scheme: SignatureScheme) -> None:
    town = town_under(tmp_path, KeyPolicy.KEEP, scheme)
    assert installed(town, replace(town.person(), scheme=OTHER[scheme])).status is ApplicationStatus.INSTALLED
    town.desk.engine.dispose()


@pytest.mark.parametrize(
    ("digest", "mask", "salt"),
    [(SHA256(), SHA256(), 20), (SHA256(), SHA256(), 222), (SHA256(), SHA384(), 32), (SHA384(), SHA384(), 32)],
    ids=["short salt", "longest salt", "another mask", "SHA-384"],
)
def test_a_csr_with_other_parameters_is_refused(
    person: Person, digest: SHA256 | SHA384, mask: HashAlgorithm, salt: int
) -> None:
    draft = person.save()
    builder = x509.CertificateSigningRequestBuilder(subject(person))
    chosen = padding.PSS(padding.MGF1(mask), salt)
    csr = builder.sign(person.key, digest, rsa_padding=chosen).public_bytes(Encoding.PEM)
    refused = refusal(
        Reason.REQUEST_REFUSED, lambda: hand_in(person, draft, csr, person.evidence(draft.statement, csr))
    )
    assert refused.problem["detail"].startswith("CSR: signature algorithm is not RSASSA-PSS")


def test_a_csr_by_an_ec_key_with_another_digest_is_refused(town: Town) -> None:
    person = town.person(key=key_of("EC-P384"))
    draft = person.save()
    builder = x509.CertificateSigningRequestBuilder(subject(person))
    csr = builder.sign(person.key, SHA384()).public_bytes(Encoding.PEM)
    refusal(Reason.REQUEST_REFUSED, lambda: hand_in(person, draft, csr, person.evidence(draft.statement, csr)))


def test_parameters_that_lie_about_the_signature_are_refused(person: Person) -> None:
    draft = person.save()
    csr = sign_request(person.key, subject(person), padding.PSS(padding.MGF1(SHA256()), 31))
    der, salt = x509.load_pem_x509_csr(csr).public_bytes(Encoding.DER), b"\xa2\x03\x02\x01"
    assert der.count(salt + b"\x1f") == 1
    lying = x509.load_der_x509_csr(der.replace(salt + b"\x1f", salt + b"\x20")).public_bytes(Encoding.PEM)
    evidence = person.evidence(draft.statement, lying)
    refused = refusal(Reason.REQUEST_REFUSED, lambda: hand_in(person, draft, lying, evidence))
    assert refused.problem["detail"] == "CSR: signature is wrong"


def test_null_and_absent_parameters_are_alike_for_rsa_and_refused_for_ecdsa() -> None:
    """RFC 4055, 2.1 and 5; RFC 5758, 3.2."""
    rsa_key, ec_key = key_of("RSA-2048").public_key(), key_of("EC-P384").public_key()
    for null in (asn1.Null(), None):
        digest = DigestAlgorithm(oid=SHA_256, parameters=null)
        mask = MaskGeneration(oid=x509.ObjectIdentifier("1.2.840.113549.1.1.8"), digest=digest)
        parameters = PssParameters(digest=digest, mask=mask, salt=32, trailer=1)
        demand(SignatureAlgorithm(oid=Oid.RSASSA_PSS, parameters=parameters), rsa_key, SignatureScheme.PSS)
        demand(SignatureAlgorithm(oid=Oid.RSA_WITH_SHA256, parameters=null), rsa_key, SignatureScheme.PKCS1)
        for partial in (replace(parameters, mask=None), replace(parameters, digest=None), null):
            with pytest.raises(NotSigned):
                demand(SignatureAlgorithm(oid=Oid.RSASSA_PSS, parameters=partial), rsa_key, SignatureScheme.PSS)
    demand(SignatureAlgorithm(oid=Oid.ECDSA_WITH_SHA256, parameters=None), ec_key, SignatureScheme.PSS)
    with pytest.raises(NotSigned):
        demand(SignatureAlgorithm(oid=Oid.ECDSA_WITH_SHA256, parameters=asn1.Null()), ec_key, SignatureScheme.PSS)


def by_openssl(town: Town, person: Person, content: bytes, *options: str) -> bytes:
    """The evidence as the openssl command makes it."""
    certificate = load_der_x509_certificate(person.certificate).public_bytes(Encoding.PEM)
    key = person.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    files = {"content": content, "signer.pem": certificate, "signer.key": key}
    for name, data in files.items():
        (town.folder / name).write_bytes(data)
    command = ["openssl", "cms", "-sign", "-in", "content", "-binary", "-nodetach", "-outform", "DER", "-md", "sha256"]
    signer = ["-signer", "signer.pem", "-inkey", "signer.key"]
    return subprocess.run([*command, *signer, *options], cwd=town.folder, capture_output=True, check=True).stdout


def test_evidence_made_by_openssl_is_taken(town: Town, person: Person) -> None:
    draft, csr = person.save(), person.csr()
    content = evidence_content(draft.statement, csr)
    short = by_openssl(town, person, content, *WITH_OPENSSL, "rsa_pss_saltlen:20")
    sha1 = by_openssl(town, person, content, *WITH_OPENSSL, "rsa_pss_saltlen:32", "-keyopt", "rsa_mgf1_md:sha1")
    for evidence in (short, sha1, by_openssl(town, person, content)):
        refusal(Reason.REQUEST_REFUSED, lambda e=evidence: hand_in(person, draft, csr, e))  # type: ignore[misc]
    right = by_openssl(town, person, content, *WITH_OPENSSL, "rsa_pss_saltlen:32")
    assert hand_in(person, draft, csr, right).status is ApplicationStatus.ENTERED


def damaged(whole: bytes, number: int) -> Iterator[bytes]:
    """Copies with one byte changed, always the same ones."""
    chance = random.Random(number)
    for _ in range(number):
        copy = bytearray(whole)
        copy[chance.randrange(len(copy))] ^= chance.randrange(1, 256)
        yield bytes(copy)


def test_a_damaged_csr_is_refused_and_never_a_fault(town: Town, person: Person) -> None:
    draft, csr = person.save(), person.csr()
    with reading(town.desk.engine) as db:
        record = db.unit.get_one(ApplicationRecord, draft.business_no)
    for der in damaged(x509.load_pem_x509_csr(csr).public_bytes(Encoding.DER), 300):
        armoured = b"-----BEGIN CERTIFICATE REQUEST-----\n%b\n-----END CERTIFICATE REQUEST-----\n" % b64(der).encode()
        with pytest.raises(Refused):
            verify_request(SubmitRequest(armoured, person.evidence(draft.statement, armoured)), record)


def test_damaged_evidence_never_vouches_for_other_content(person: Person) -> None:
    content = evidence_content("{}", b"csr")
    refused = 0
    for message in damaged(sign_evidence(person.key, person.certificate, content, PSS), 300):
        try:
            assert verified_content(message, person.certificate, SignatureScheme.PSS) == content
        except NotSigned:
            refused += 1
    assert refused > 100  # the certificate that travels along is not signed
