"""What the CA's rules change on the token: the key kept, RSASSA-PSS, the old pair deleted."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import PyKCS11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from tests.harness.token.support import APPLICATION, issued, openssl, pin, quiet, reference, requested, until, watching
from tests.rig.simulator import At, Simulator
from tests.rig.softhsm import SoftToken, TestCa, issue, make_key, put_certificate, subject
from tui.core.certificate import CertificateRef, refer
from tui.core.evidence import proof_message
from tui.core.failure import Reason, TokenError
from tui.core.order import Application
from tui.core.policy import KeyPolicy, SignatureScheme
from tui.core.token import Installation, TokenStage
from tui.token.tokens import Tokens

KEEP = replace(APPLICATION, key_policy=KeyPolicy.KEEP)
PSS = replace(APPLICATION, scheme=SignatureScheme.PSS)
RSA_PSS = padding.PSS(padding.MGF1(hashes.SHA256()), 32)


async def renewed(tokens: Tokens, soft: SoftToken, ca: TestCa, application: Application = APPLICATION) -> Installation:
    """Request and installation."""
    request = await requested(tokens, soft, application=application)
    ready = issued(request, ca, soft.certificate_der, application)
    return await tokens.install(await reference(tokens, soft.certificate_der), pin(), ready, quiet)


async def test_a_kept_key_gets_a_new_certificate(tokens: Tokens, soft: SoftToken, ca: TestCa) -> None:
    stages: list[TokenStage] = []
    request = await requested(tokens, soft, stages.append, KEEP)
    assert stages == [TokenStage.CHECKING, TokenStage.PROBING, TokenStage.REQUEST, TokenStage.SIGNING]
    csr = x509.load_pem_x509_csr(request.csr)
    assert csr.public_key() == x509.load_der_x509_certificate(soft.certificate_der).public_key()
    done = await renewed(tokens, soft, ca, KEEP)
    assert (done.new.key_id, done.old.der) == (done.old.key_id, soft.certificate_der)
    assert soft.objects().count("Private Key Object") == 1


async def test_pss_in_request_evidence_and_proof(
    rsa_soft: SoftToken, serving: Callable[..., Tokens], ca: TestCa, tmp_path: Path
) -> None:
    soft, tokens = rsa_soft, serving(rsa_soft)
    request = await requested(tokens, soft, application=PSS)
    csr = x509.load_pem_x509_csr(request.csr)
    assert csr.is_signature_valid
    assert csr.signature_algorithm_oid == x509.SignatureAlgorithmOID.RSASSA_PSS
    (tmp_path / "evidence.der").write_bytes(request.evidence)
    (tmp_path / "ca.pem").write_bytes(ca.certificate.public_bytes(Encoding.PEM))
    printed = openssl(
        *("cms", "-verify", "-in", "evidence.der", "-inform", "DER", "-CAfile", "ca.pem"),
        *("-purpose", "any", "-binary", "-out", "content"),
        folder=tmp_path,
    )
    assert "Verification successful" in printed
    done = await renewed(tokens, soft, ca, PSS)
    key = x509.load_der_x509_certificate(done.new.der).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    message = proof_message(APPLICATION.business_no, done.new.fingerprint, issued(request, ca, done.old.der).challenge)
    key.verify(done.proof, message, RSA_PSS, hashes.SHA256())


async def new_reference(tokens: Tokens, done: Installation) -> CertificateRef:
    (token,) = (await tokens.take_snapshot()).tokens
    return refer(token, done.new)


async def left(tokens: Tokens, *ders: bytes) -> None:
    """Wait until just these certificates are on the token."""
    async with watching(tokens) as snapshots:
        await until(snapshots, lambda s: [{c.der for c in t.certificates} for t in s.tokens] == [set(ders)])


async def test_the_old_pair_is_deleted_and_nothing_else(tokens: Tokens, soft: SoftToken, ca: TestCa) -> None:
    stranger = issue(ca, subject("加密证书"), make_key("rsa2048").public_key())
    put_certificate(soft, stranger, key_id="55", label="other")
    done = await renewed(tokens, soft, ca)
    ref = await new_reference(tokens, done)
    stages: list[TokenStage] = []
    await tokens.retire(ref, pin(), APPLICATION, done, stages.append)
    assert stages == [TokenStage.CHECKING, TokenStage.RETIRING]
    assert soft.objects().count("Private Key Object") == 1
    assert soft.objects().count("Public Key Object") == 1
    await left(tokens, done.new.der, stranger)
    await tokens.retire(ref, pin(), APPLICATION, done, quiet)  # again: nothing is left to delete
    await left(tokens, done.new.der, stranger)


async def test_a_key_that_cannot_be_deleted_and_still_signs_keeps_its_certificate(
    simulator: Simulator, serving: Callable[..., Tokens], ca: TestCa
) -> None:
    tokens = serving(simulator)
    done = await renewed(tokens, simulator.soft, ca)
    ref = await new_reference(tokens, done)
    simulator.at("C_DestroyObject", At.RETURN, PyKCS11.CKR_GENERAL_ERROR, times=1)  # the private key's
    with pytest.raises(TokenError) as caught:
        await tokens.retire(ref, pin(), APPLICATION, done, quiet)
    assert caught.value.failure.reason is Reason.TOKEN_FAULT
    assert simulator.soft.objects().count("Certificate Object") == 2
    await tokens.retire(ref, pin(), APPLICATION, done, quiet)
    assert simulator.soft.objects().count("Private Key Object") == 1


@pytest.mark.parametrize("key_id", ["01", "77"])
async def test_a_key_that_another_certificate_shares_is_not_deleted(
    tokens: Tokens, soft: SoftToken, ca: TestCa, key_id: str
) -> None:
    key = x509.load_der_x509_certificate(soft.certificate_der).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    twin = issue(ca, subject("另一平台的证书"), key)
    put_certificate(soft, twin, key_id=key_id, label="twin")
    done = await renewed(tokens, soft, ca)
    await tokens.retire(await new_reference(tokens, done), pin(), APPLICATION, done, quiet)
    assert soft.objects().count("Private Key Object") == 2
    await left(tokens, done.new.der, twin)


async def test_nothing_is_deleted_without_the_new_certificate(tokens: Tokens, soft: SoftToken, ca: TestCa) -> None:
    done = await renewed(tokens, soft, ca)
    absent = replace(done, new=replace(done.new, der=b"another"))
    ref = await reference(tokens, soft.certificate_der)
    other = issue(ca, subject("别的"), make_key("ec256").public_key())
    with pytest.raises(TokenError) as caught:
        await tokens.retire(ref, pin(), APPLICATION, replace(absent, new=replace(done.new, der=other)), quiet)
    assert caught.value.failure.reason is Reason.CERTIFICATE_MISMATCH
    assert caught.value.failure.token_changed is False
    assert soft.objects().count("Certificate Object") == 2


async def test_the_probe_leaves_nothing(tokens: Tokens, soft: SoftToken, serving: Callable[..., Tokens]) -> None:
    await requested(tokens, soft)
    assert "CA-RENEWAL-PROBE" not in soft.objects()
    assert "Data object" not in soft.objects()
