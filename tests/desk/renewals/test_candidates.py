"""What the desk renews is a holder's certificate, as the kiosk judges it; and a renewal that is finished is told."""

import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID as Eku

from tests.harness.desk.rules import installed, refusal, successor, town_under
from tests.harness.desk.town import PASSWORD, Person, Town, b64
from tui.core.certificate import Usage
from tui.core.failure import Reason
from tui.core.policy import KeyPolicy
from tui.desk.crypto.certificates import read_certificate
from tui.desk.renewals.accounts import bind_certificate, create_account
from tui.token.x509 import certificates

KEY = ec.generate_private_key(ec.SECP256R1())
SIGN, SEAL, CA = "digital_signature", "key_encipherment", "key_cert_sign"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = town_under(tmp_path, KeyPolicy.REKEY)
    yield town
    town.desk.engine.dispose()


def made(
    town: Town,
    *extensions: x509.ExtensionType,
    self_issued: bool = False,
) -> bytes:
    """A certificate of the town's CA with these extensions, or the placeholder of a program that made a key."""
    like = x509.load_der_x509_certificate(town.certificate(KEY))
    builder = (
        x509.CertificateBuilder()
        .subject_name(like.subject)
        .issuer_name(like.subject if self_issued else like.issuer)
        .public_key(KEY.public_key())
        .serial_number(4711)
        .not_valid_before(like.not_valid_before_utc)
        .not_valid_after(like.not_valid_after_utc)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    authority: Any = load_pem_private_key((town.folder / "ca.key").read_bytes(), None)
    return builder.sign(KEY if self_issued else authority, SHA256()).public_bytes(Encoding.DER)


def usage(*bits: str) -> x509.KeyUsage:
    every = [SIGN, "content_commitment", SEAL, "data_encipherment", "key_agreement", CA]
    every += ["crl_sign", "encipher_only", "decipher_only"]
    return x509.KeyUsage(**{bit: bit in bits for bit in every})


def purposes(*kinds: x509.ObjectIdentifier) -> x509.ExtendedKeyUsage:
    return x509.ExtendedKeyUsage(kinds)


AUTHORITY, NOBODY_S = (
    x509.BasicConstraints(ca=True, path_length=None),
    x509.BasicConstraints(ca=False, path_length=None),
)

KINDS = [
    ((), Usage.ANY),
    ((usage(SIGN),), Usage.SIGNING),
    ((usage(SIGN, SEAL), NOBODY_S), Usage.ANY),
    ((usage(SIGN), purposes(Eku.CLIENT_AUTH, Eku.EMAIL_PROTECTION)), Usage.SIGNING),
    ((usage(SIGN), purposes(Eku.CODE_SIGNING)), Usage.SIGNING),
    ((usage(SIGN), purposes(Eku.SERVER_AUTH, Eku.CLIENT_AUTH)), Usage.SIGNING),
    ((usage(SIGN, CA), NOBODY_S), Usage.SIGNING),
    ((usage(SEAL),), Usage.ENCRYPTION),
    ((usage(CA),), Usage.OTHER),
    ((AUTHORITY,), Usage.OTHER),
    ((usage(SIGN, CA), AUTHORITY), Usage.OTHER),
    ((usage(SIGN), AUTHORITY, purposes(Eku.CLIENT_AUTH)), Usage.OTHER),
    ((usage(SIGN), purposes(Eku.SERVER_AUTH)), Usage.OTHER),
    ((usage(SIGN), purposes(Eku.OCSP_SIGNING)), Usage.OTHER),
    ((usage(SIGN), purposes(Eku.TIME_STAMPING)), Usage.OTHER),
]


@pytest.mark.parametrize(("extensions", "wanted"), KINDS)
def test_kiosk_and_desk_read_the_same(town: Town, extensions: tuple[Any, ...], wanted: Usage) -> None:
    der = made(town, *extensions)
    assert read_certificate(der).usage is certificates.read(der, b"", "", has_private_key=True).usage is wanted


@pytest.mark.parametrize(("extensions", "wanted"), KINDS)
def test_only_a_holder_s_certificate_is_offered_a_renewal(
    town: Town, extensions: tuple[Any, ...], wanted: Usage
) -> None:
    person = town.holder(KEY, made(town, *extensions))
    if wanted in (Usage.ANY, Usage.SIGNING):
        assert asked(person, person.certificate)["terms"]
        return
    refusal(Reason.NO_SIGNING_CERTIFICATE, lambda: asked(person, person.certificate))
    refusal(Reason.NO_SIGNING_CERTIFICATE, person.save)


def test_a_placeholder_is_nobody_s(town: Town) -> None:
    der = made(town, usage(SIGN), self_issued=True)
    assert read_certificate(der).usage is certificates.read(der, b"", "", has_private_key=True).usage is Usage.OTHER


def test_an_extension_that_is_broken_hides_no_authority(town: Town) -> None:
    broken = x509.UnrecognizedExtension(x509.SubjectAlternativeName.oid, b"no DER")
    der = made(town, usage(SIGN), broken, AUTHORITY)
    assert read_certificate(der).usage is Usage.OTHER


def asked(person: Person, certificate: bytes, *, finished: bool = False) -> dict[str, Any]:
    answer: dict[str, Any] = person.call("POST", "/offers", {"certificate": b64(certificate), "finished": finished})
    return answer


@pytest.mark.parametrize("policy", KeyPolicy)
def test_a_finished_renewal_is_told_by_the_old_certificate_and_by_the_new(tmp_path: Path, policy: KeyPolicy) -> None:
    town = town_under(tmp_path, policy)
    person = town.person()
    done = installed(town, person)
    for certificate, refused in ((person.certificate, Reason.ALREADY_RENEWED), (done.certificate, Reason.TOO_EARLY)):
        refusal(refused, partial(asked, person, certificate))
        told = asked(person, certificate, finished=True)
        assert (told["terms"], told["application"]["status"]) == ([], "installed")
        assert told["application"]["certificate"] == b64(done.certificate)
        assert told["application"]["old_not_after"].startswith("2026-12-1")
    later = successor(town, person, done)
    assert asked(later, done.certificate, finished=True)["terms"]
    town.desk.engine.dispose()


def test_a_finished_renewal_is_told_to_nobody_else(town: Town) -> None:
    person = town.person()
    done = installed(town, person)
    create_account(town.desk.engine, "stranger", PASSWORD)
    person.sign_in("stranger")
    for certificate in (person.certificate, done.certificate):
        refusal(Reason.NOT_THE_APPLICANT, partial(asked, person, certificate, finished=True))
        bind_certificate(town.desk.engine, "stranger", hashlib.sha256(certificate).hexdigest())
    refusal(Reason.ALREADY_RENEWED, lambda: asked(person, person.certificate, finished=True))
    refusal(Reason.TOO_EARLY, lambda: asked(person, done.certificate, finished=True))
