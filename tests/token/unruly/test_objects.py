"""Tokens without room, without mechanisms, write protected, or with ideas of their own about objects."""

import asyncio
from dataclasses import replace
from pathlib import Path

import PyKCS11
import pytest
from cryptography import x509

from tests.harness.token.support import APPLICATION, issued, pin, quiet, reference, requested, until, watching
from tests.harness.token.unruly import (
    Serving,
    assert_two_whole_pairs,
    installed,
    refused_installation,
    refused_request,
)
from tests.rig.simulator import At, Is, Simulator
from tests.rig.softhsm import TestCa, make_token
from tui.core.failure import Reason
from tui.core.policy import KeyPolicy

GENERAL_ERROR = PyKCS11.CKR_GENERAL_ERROR


async def test_no_room_for_the_pair(simulator: Simulator, serving: Serving) -> None:
    full = simulator.rule(Is.ROOM, 1)
    tokens = serving(simulator)
    assert (await refused_request(tokens, simulator)).reason is Reason.TOKEN_FULL
    assert simulator.soft.objects().count("Private Key Object") == 1
    simulator.lift(full)
    assert (await requested(tokens, simulator)).csr


async def test_no_room_for_the_certificate(simulator: Simulator, serving: Serving, ca: TestCa) -> None:
    tokens = serving(simulator)
    application = issued(await requested(tokens, simulator), ca, simulator.certificate_der)
    full = simulator.rule(Is.ROOM, 0)
    assert (await refused_installation(tokens, simulator, application)).reason is Reason.TOKEN_FULL
    assert_two_whole_pairs(simulator.soft)
    simulator.lift(full)
    assert (await installed(tokens, simulator, application)).proof


@pytest.mark.parametrize("told", [0, -1, 4096])
async def test_what_a_token_tells_of_its_memory_is_no_proof(
    simulator: Simulator, serving: Serving, ca: TestCa, told: int
) -> None:
    simulator.rule(Is.FREE_MEMORY, told)
    tokens = serving(simulator)
    application = issued(await requested(tokens, simulator), ca, simulator.certificate_der)
    assert (await installed(tokens, simulator, application)).proof


@pytest.mark.parametrize("answer", [PyKCS11.CKR_TOKEN_WRITE_PROTECTED, PyKCS11.CKR_SESSION_READ_ONLY])
async def test_write_protection(simulator: Simulator, serving: Serving, answer: int) -> None:
    simulator.rule(Is.WRITE_PROTECTED, answer)
    assert (await refused_request(serving(simulator), simulator)).reason is Reason.TOKEN_READ_ONLY
    assert simulator.soft.objects().count("Private Key Object") == 1


@pytest.mark.parametrize("mechanism", [PyKCS11.CKM_EC_KEY_PAIR_GEN, PyKCS11.CKM_ECDSA])
async def test_a_mechanism_that_is_missing(simulator: Simulator, serving: Serving, mechanism: int) -> None:
    simulator.rule(Is.LACKS, mechanism)
    failure = await refused_request(serving(simulator), simulator)
    assert (failure.reason, failure.token_changed) == (Reason.TOKEN_UNSUPPORTED, False)
    assert not {"C_GenerateKeyPair", "C_CreateObject"} & set(simulator.calls())


async def test_half_a_pair_is_cleared_away(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.HALF_PAIR, PyKCS11.CKR_DEVICE_ERROR, times=1)
    tokens = serving(simulator)
    failure = await refused_request(tokens, simulator)
    assert (failure.reason, failure.token_changed) == (Reason.TOKEN_FAULT, True)
    assert (await requested(tokens, simulator)).csr
    assert_two_whole_pairs(simulator.soft)


async def test_a_token_that_allows_one_object_an_id_and_renames_keys(
    simulator: Simulator, serving: Serving, ca: TestCa
) -> None:
    simulator.rule(Is.ONE_CERTIFICATE, GENERAL_ERROR)
    simulator.rule(Is.ONE_PAIR, GENERAL_ERROR)
    simulator.rule(Is.RENAMES)
    tokens = serving(simulator)
    application = issued(await requested(tokens, simulator), ca, simulator.certificate_der)
    for _ in range(2):
        assert (await installed(tokens, simulator, application)).new.der == application.certificate
    assert simulator.soft.objects().count("Certificate Object") == 2
    assert_two_whole_pairs(simulator.soft)


@pytest.mark.parametrize("interrupted", [False, True])
async def test_behind_opensc_a_certificate_gets_its_keys_id_when_it_is_there(
    simulator: Simulator, serving: Serving, ca: TestCa, *, interrupted: bool
) -> None:
    simulator.rule(Is.MODEL, text="PKCS#15")
    tokens = serving(simulator)
    application = issued(await requested(tokens, simulator), ca, simulator.certificate_der)
    if interrupted:
        simulator.at("C_SetAttributeValue", At.CRASH, times=1)
        await refused_installation(tokens, simulator, application)
    before = simulator.calls().count("C_CreateObject")
    assert (await installed(tokens, simulator, application)).new.der == application.certificate
    written = simulator.calls()[-simulator.calls()[::-1].index("C_SetAttributeValue") :]
    assert "C_CreateObject" not in written
    assert simulator.calls().count("C_CreateObject") - before == (0 if interrupted else 1)
    assert_two_whole_pairs(simulator.soft)


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ("C_SetAttributeValue", PyKCS11.CKR_ATTRIBUTE_READ_ONLY),
        ("C_SetAttributeValue", PyKCS11.CKR_FUNCTION_NOT_SUPPORTED),
        ("C_CreateObject", GENERAL_ERROR),
    ],
)
async def test_a_token_like_opensc_that_cannot(
    simulator: Simulator, serving: Serving, ca: TestCa, call: str, answer: int
) -> None:
    simulator.rule(Is.MODEL, text="PKCS#15")
    tokens = serving(simulator)
    application = issued(await requested(tokens, simulator), ca, simulator.certificate_der)
    simulator.at(call, At.RETURN, answer, times=1)
    assert (await installed(tokens, simulator, application)).new.der == application.certificate
    assert simulator.soft.objects().count("Certificate Object") == 2
    assert_two_whole_pairs(simulator.soft)


async def test_no_data_object_is_needed(simulator: Simulator, serving: Serving, ca: TestCa) -> None:
    simulator.at("C_CreateObject", At.REFUSE, GENERAL_ERROR, text="CKA_CLASS=CKO_DATA")
    tokens = serving(simulator)
    application = issued(await requested(tokens, simulator), ca, simulator.certificate_der)
    assert (await installed(tokens, simulator, application)).proof


async def test_no_room_at_all_changes_nothing(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.ROOM, 0)
    failure = await refused_request(serving(simulator), simulator)
    assert (failure.reason, failure.token_changed) == (Reason.TOKEN_FULL, False)


async def test_rsa_where_the_token_does_not_hash(simulator_module: Path, tmp_path: Path, serving: Serving) -> None:
    """CKM_RSA_PKCS over a DigestInfo (RFC 8017 9.2) signs the same as CKM_SHA256_RSA_PKCS."""
    rsa = Simulator(make_token(tmp_path / "token"), simulator_module, tmp_path / "control")
    rsa.rule(Is.LACKS, PyKCS11.CKM_SHA256_RSA_PKCS)
    request = await requested(serving(rsa), rsa)
    assert x509.load_pem_x509_csr(request.csr).is_signature_valid


async def test_write_protection_is_told_before_anything_is_tried(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.WRITE_PROTECTED, PyKCS11.CKR_TOKEN_WRITE_PROTECTED)
    failure = await refused_request(serving(simulator), simulator)
    assert (failure.reason, failure.token_changed) == (Reason.TOKEN_READ_ONLY, False)
    assert not {"C_GenerateKeyPair", "C_CreateObject"} & set(simulator.calls())


async def test_write_protection_that_no_flag_tells(simulator: Simulator, serving: Serving) -> None:
    for call in ("C_CreateObject", "C_GenerateKeyPair"):
        simulator.at(call, At.RETURN, PyKCS11.CKR_TOKEN_WRITE_PROTECTED)
    failure = await refused_request(serving(simulator), simulator)
    assert (failure.reason, failure.token_changed) == (Reason.TOKEN_READ_ONLY, False)


async def test_no_probe_is_left_behind(simulator: Simulator, serving: Serving) -> None:
    """A probe object that could not be deleted is deleted at the next try."""
    simulator.at("C_DestroyObject", At.RETURN, PyKCS11.CKR_GENERAL_ERROR, times=1)
    tokens = serving(simulator)
    ref = await reference(tokens, simulator.certificate_der)
    await asyncio.gather(tokens.make_request(ref, pin(), APPLICATION, quiet), return_exceptions=True)
    assert (await requested(tokens, simulator)).csr
    assert "C_DestroyObject" in simulator.calls()
    assert simulator.soft.objects().count("Data object") == 0
    assert simulator.soft.objects().count("Certificate Object") == 1


async def test_a_certificate_moved_aside_when_the_driver_died_is_known_by_its_key(
    simulator: Simulator, serving: Serving, ca: TestCa
) -> None:
    """A kiosk that was restarted then must still offer it, for the renewal may be paid."""
    simulator.rule(Is.ONE_CERTIFICATE, GENERAL_ERROR)
    tokens = serving(simulator)
    application = replace(APPLICATION, key_policy=KeyPolicy.KEEP)
    request = await requested(tokens, simulator, application=application)
    ready = issued(request, ca, simulator.certificate_der, application)
    simulator.at("C_SetAttributeValue", At.KILL_AFTER, times=1)
    failure = await refused_installation(tokens, simulator, ready)
    assert (failure.reason, failure.token_changed) == (Reason.DRIVER_CRASHED, True)
    restarted = serving(simulator)
    (token,) = (await restarted.take_snapshot()).tokens
    assert [(c.der, c.has_private_key) for c in token.certificates] == [(simulator.certificate_der, True)]
    assert token.certificates[0].key_id != "01"
    assert (await installed(restarted, simulator, ready)).proof
    async with watching(restarted) as snapshots:
        (token,) = (await until(snapshots, lambda s: len(s.tokens[0].certificates) == 2)).tokens
    assert {c.der: c.has_private_key for c in token.certificates} == {
        simulator.certificate_der: False,
        ready.certificate: True,
    }
