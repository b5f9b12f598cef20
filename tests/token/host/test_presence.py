"""Tokens that come and go while nobody does anything."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from tests.harness.token.support import adapter, issued, pin, quiet, reference, requested, until, watching
from tests.rig.softhsm import SoftToken, TestCa, init_token, make_token, pull, put_back, put_certificate
from tui.core.certificate import CertificateState, PinState
from tui.core.failure import Reason, TokenError
from tui.core.token import Snapshot
from tui.token.launch import Module
from tui.token.tokens import Tokens


def present(snapshot: Snapshot) -> bool:
    return bool(snapshot.tokens)


def absent(snapshot: Snapshot) -> bool:
    return not snapshot.tokens


async def test_what_is_seen(rsa_soft: SoftToken, serving: Callable[..., Tokens]) -> None:
    soft, tokens = rsa_soft, serving(rsa_soft)
    (token,) = (await tokens.take_snapshot()).tokens
    assert (token.label, token.module, token.pin_state) == (soft.label, str(soft.module), PinState.UNKNOWN)
    assert (token.pin_pad, token.fault, token.tries_left) == (False, "", None)
    (certificate,) = token.certificates
    parsed = x509.load_der_x509_certificate(soft.certificate_der)
    assert certificate.der == soft.certificate_der
    assert certificate.serial == f"{parsed.serial_number:x}"
    assert certificate.not_after == parsed.not_valid_after_utc
    assert certificate.common_name == "测试供应商有限公司"
    assert certificate.subject == "CN=测试供应商有限公司,O=测试供应商有限公司,ST=广东省,C=CN"
    assert (certificate.key, certificate.key_id, certificate.has_private_key) == ("RSA-2048", "01", True)
    assert certificate.state(datetime.now(UTC)) is CertificateState.RENEWABLE


async def test_pulled_and_put_back(tokens: Tokens, soft: SoftToken) -> None:
    async with watching(tokens) as snapshots:
        await until(snapshots, present)
        for _ in range(2):
            pull(soft)
            gone = await until(snapshots, absent)
            assert (gone.tokens, gone.faults) == ((), ())
            put_back(soft)
            assert (await until(snapshots, present)).tokens[0].label == soft.label


async def test_put_in_after_the_start(tokens: Tokens, soft: SoftToken) -> None:
    pull(soft)
    async with watching(tokens) as snapshots:
        assert absent(await anext(snapshots))
        put_back(soft)
        assert present(await until(snapshots, present))


async def test_an_installation_is_seen(tokens: Tokens, soft: SoftToken, ca: TestCa) -> None:
    application = issued(await requested(tokens, soft), ca, soft.certificate_der)
    ref = await reference(tokens, soft.certificate_der)
    async with watching(tokens) as snapshots:
        await tokens.install(ref, pin(), application, quiet)
        seen = await until(snapshots, lambda snapshot: len(snapshot.tokens[0].certificates) == 2)
    assert {c.der for c in seen.tokens[0].certificates} == {soft.certificate_der, application.certificate}
    assert all(c.has_private_key for c in seen.tokens[0].certificates)


async def test_what_another_program_writes_is_seen(tokens: Tokens, soft: SoftToken, tmp_path: Path) -> None:
    other = make_token(tmp_path / "other")
    async with watching(tokens) as snapshots:
        await until(snapshots, present)
        put_certificate(soft, other.certificate_der, key_id="09", label="new")
        await until(snapshots, lambda snapshot: len(snapshot.tokens[0].certificates) == 2)


async def test_a_copy_of_a_certificate_counts_once(tokens: Tokens, soft: SoftToken) -> None:
    put_certificate(soft, soft.certificate_der, key_id="02", label="copy without a key")
    (token,) = (await tokens.take_snapshot()).tokens
    (certificate,) = token.certificates
    assert (certificate.key_id, certificate.has_private_key) == ("01", True)


async def test_a_certificate_without_its_key_is_known_after_the_pin(
    tmp_path: Path, serving: Callable[..., Tokens], soft: SoftToken
) -> None:
    """Before it private keys are invisible, and many have no public key object."""
    stranger = make_token(tmp_path / "other")
    put_certificate(soft, stranger.certificate_der, key_id="77", label="no key")
    tokens = serving(soft)
    (token,) = (await tokens.take_snapshot()).tokens
    assert {c.der: c.has_private_key for c in token.certificates} == {
        soft.certificate_der: True,
        stranger.certificate_der: True,
    }
    with pytest.raises(TokenError) as caught:
        await requested(tokens, replace(soft, certificate_der=stranger.certificate_der))
    assert (caught.value.failure.reason, caught.value.failure.token_changed) == (Reason.KEY_MISSING, False)


async def test_two_modules_and_a_missing_one(tmp_path: Path, soft: SoftToken) -> None:
    other = make_token(tmp_path / "other", key="ec256", label="另一个")
    missing = Module(tmp_path / "missing.so")
    tokens = Tokens((missing, *(Module(t.module, t.environment) for t in (soft, other))))
    try:
        snapshot = await tokens.take_snapshot()
        assert {token.label for token in snapshot.tokens} == {soft.label, other.label}
        (fault,) = snapshot.faults
        assert (fault.module, fault.failure.reason) == (str(missing.path), Reason.DRIVER_MISSING)
        request = await requested(tokens, other)
        assert x509.load_pem_x509_csr(request.csr).is_signature_valid
        assert other.objects().count("Private Key Object") == 2
    finally:
        await tokens.close()


async def test_a_blank_token_has_no_certificate(tmp_path: Path) -> None:
    tokens = adapter(replace(init_token(tmp_path / "blank")))
    try:
        (token,) = (await tokens.take_snapshot()).tokens
        assert token.certificates == ()
    finally:
        await tokens.close()
