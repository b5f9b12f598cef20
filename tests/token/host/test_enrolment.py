"""Request and installation on a real SoftHSM2 token."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from tests.harness.token.support import APPLICATION, CHALLENGE, issued, openssl, pin, quiet, reference, requested
from tests.rig.softhsm import (
    KEY_ID,
    KeyKind,
    SoftToken,
    TestCa,
    delete_public_key,
    issue,
    make_ca,
    make_token,
    pull,
    put_back,
    subject,
)
from tui.core.evidence import evidence_content, proof_message
from tui.core.failure import Reason, TokenError
from tui.core.token import TokenStage
from tui.token.tokens import Tokens


@pytest.mark.parametrize("kind", ["rsa2048", "rsa3072", "ec256", "ec384"])
async def test_from_request_to_proof(tmp_path: Path, ca: TestCa, serving: Callable[..., Tokens], kind: KeyKind) -> None:
    soft = make_token(tmp_path / "token", key=kind, ca=ca)
    tokens = serving(soft)
    stages: list[TokenStage] = []
    request = await requested(tokens, soft, stages.append)
    old = x509.load_der_x509_certificate(soft.certificate_der)
    csr = x509.load_pem_x509_csr(request.csr)
    assert csr.is_signature_valid
    assert csr.subject.public_bytes() == old.subject.public_bytes()
    assert csr.public_key() != old.public_key()

    (tmp_path / "evidence.der").write_bytes(request.evidence)
    (tmp_path / "ca.pem").write_bytes(ca.certificate.public_bytes(Encoding.PEM))
    openssl(
        *("cms", "-verify", "-in", "evidence.der", "-inform", "DER", "-CAfile", "ca.pem"),
        *("-purpose", "any", "-binary", "-out", "content"),
        folder=tmp_path,
    )
    assert (tmp_path / "content").read_bytes() == evidence_content(APPLICATION.statement, request.csr)

    application = issued(request, ca, soft.certificate_der)
    ref = await reference(tokens, soft.certificate_der)
    done = await tokens.install(ref, pin(), application, stages.append)
    assert done.old.der == soft.certificate_der
    assert done.new.der == application.certificate
    key = x509.load_der_x509_certificate(done.new.der).public_key()
    message = proof_message(APPLICATION.business_no, done.new.fingerprint, CHALLENGE)
    match key:
        case rsa.RSAPublicKey():
            key.verify(done.proof, message, padding.PKCS1v15(), hashes.SHA256())
        case ec.EllipticCurvePublicKey():
            key.verify(done.proof, message, ec.ECDSA(hashes.SHA256()))
        case _:
            raise AssertionError(key)
    assert stages == [
        *(TokenStage.CHECKING, TokenStage.PROBING, TokenStage.KEY_PAIR, TokenStage.REQUEST, TokenStage.SIGNING),
        *(TokenStage.CHECKING, TokenStage.WRITING, TokenStage.READING_BACK, TokenStage.PROVING),
    ]
    assert soft.objects().count("Certificate Object") == 2
    assert soft.objects().count("Private Key Object") == 2


async def test_a_second_request_uses_the_same_pair(tokens: Tokens, soft: SoftToken) -> None:
    first = await requested(tokens, soft)
    stages: list[TokenStage] = []
    second = await requested(tokens, soft, stages.append)
    assert TokenStage.KEY_PAIR not in stages
    before, after = (x509.load_pem_x509_csr(request.csr).public_key() for request in (first, second))
    assert before == after
    assert soft.objects().count("Private Key Object") == 2


async def test_a_second_installation_writes_nothing(tokens: Tokens, soft: SoftToken, ca: TestCa) -> None:
    application = issued(await requested(tokens, soft), ca, soft.certificate_der)
    ref = await reference(tokens, soft.certificate_der)
    await tokens.install(ref, pin(), application, quiet)
    stages: list[TokenStage] = []
    again = await tokens.install(ref, pin(), application, stages.append)
    assert TokenStage.WRITING not in stages
    assert again.new.der == application.certificate
    assert soft.objects().count("Certificate Object") == 2


async def test_an_issued_certificate_must_fit(tokens: Tokens, soft: SoftToken, ca: TestCa) -> None:
    request = await requested(tokens, soft)
    ref = await reference(tokens, soft.certificate_der)
    key = x509.load_pem_x509_csr(request.csr).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    other_name = issue(ca, subject("别的供应商"), key)
    other_key = issue(ca, x509.load_der_x509_certificate(soft.certificate_der).subject, make_ca().key.public_key())
    for certificate, reason in (
        (other_name, Reason.CERTIFICATE_MISMATCH),
        (other_key, Reason.KEY_MISSING),  # of a copy of this token, as far as can be told here
        (soft.certificate_der, Reason.CERTIFICATE_MISMATCH),
        (b"no certificate", Reason.CERTIFICATE_MISMATCH),
    ):
        wrong = replace(APPLICATION, certificate=certificate, challenge=CHALLENGE)
        with pytest.raises(TokenError) as caught:
            await tokens.install(ref, pin(), wrong, quiet)
        assert (caught.value.failure.reason, caught.value.failure.token_changed) == (reason, False)
    assert soft.objects().count("Certificate Object") == 1


@pytest.mark.parametrize(
    ("business_no", "reason"), [("测试供应商有限公司", Reason.KEY_REUSED), ("", Reason.DESK_FAULT)]
)
async def test_no_business_number_costs_the_old_key(
    tokens: Tokens, soft: SoftToken, business_no: str, reason: Reason
) -> None:
    delete_public_key(soft, KEY_ID)
    ref = await reference(tokens, soft.certificate_der)
    with pytest.raises(TokenError) as caught:
        await tokens.make_request(ref, pin(), replace(APPLICATION, business_no=business_no), quiet)
    assert (caught.value.failure.reason, caught.value.failure.token_changed) == (reason, False)
    assert soft.objects().count("Private Key Object") == 1
    assert (await requested(tokens, soft)).evidence


async def test_pulled_at_the_pin_then_completed_without_orphan(tokens: Tokens, soft: SoftToken) -> None:
    ref = await reference(tokens, soft.certificate_der)
    pull(soft)
    typed = pin()
    with pytest.raises(TokenError) as caught:
        await tokens.make_request(ref, typed, APPLICATION, quiet)
    assert caught.value.failure.reason is Reason.TOKEN_REMOVED
    assert caught.value.failure.token_changed is False
    assert not typed
    put_back(soft)
    await tokens.make_request(ref, pin(), APPLICATION, quiet)
    assert soft.objects().count("Private Key Object") == 2
    assert soft.objects().count("Public Key Object") == 2


async def test_another_token_in_its_place(tokens: Tokens, soft: SoftToken, tmp_path: Path) -> None:
    ref = await reference(tokens, soft.certificate_der)
    other = make_token(tmp_path / "other", label="另一个")
    pull(soft)
    for folder in (other.directory / "tokens").iterdir():
        folder.rename(soft.directory / "tokens" / folder.name)
    with pytest.raises(TokenError) as caught:
        await tokens.make_request(ref, pin(), APPLICATION, quiet)
    assert caught.value.failure.reason is Reason.TOKEN_SWAPPED


@pytest.mark.parametrize("stage", [TokenStage.KEY_PAIR, TokenStage.REQUEST])
async def test_pulled_within_the_request(tokens: Tokens, soft: SoftToken, stage: TokenStage) -> None:
    ref = await reference(tokens, soft.certificate_der)

    def unplug(reached: TokenStage) -> None:
        if reached is stage:
            pull(soft)

    # A fast token may be done before it is out.
    outcome = await asyncio.gather(tokens.make_request(ref, pin(), APPLICATION, unplug), return_exceptions=True)
    for error in outcome:
        if isinstance(error, TokenError):
            assert error.failure.reason is Reason.TOKEN_REMOVED
            assert error.failure.token_changed is True
    put_back(soft)
    request = await tokens.make_request(ref, pin(), APPLICATION, quiet)
    assert x509.load_pem_x509_csr(request.csr).is_signature_valid
    assert soft.objects().count("Private Key Object") == 2
    # Pulled between the two files that SoftHSM writes of a pair, the first stays alone.
    assert soft.objects().count("Public Key Object") in {2, 3}
