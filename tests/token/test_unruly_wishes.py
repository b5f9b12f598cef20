"""What the program should make of drivers that it does not master yet."""

import asyncio
import os
from pathlib import Path

import PyKCS11
import pytest
from cryptography import x509

from tests.rig.simulator import At, Is, Simulator
from tests.rig.softhsm import TestCa, make_token
from tests.token.support import APPLICATION, issued, pin, quiet, reference, requested, until, watching
from tests.token.unruly import Serving, assert_two_whole_pairs, installed, refused_request
from tui.core.failure import Reason, TokenError
from tui.core.ports import TokenStage
from tui.token import Module, Tokens, protocol

VALUE_INVALID = PyKCS11.CKR_ATTRIBUTE_VALUE_INVALID
REFUSALS = (
    PyKCS11.CKR_ATTRIBUTE_TYPE_INVALID,
    PyKCS11.CKR_ATTRIBUTE_READ_ONLY,
    PyKCS11.CKR_TEMPLATE_INCONSISTENT,
    PyKCS11.CKR_ARGUMENTS_BAD,
)


@pytest.mark.parametrize(
    ("attribute", "answer"),
    [
        *((name, VALUE_INVALID) for name in ("CKA_PRIVATE", "CKA_SENSITIVE=1", "CKA_EXTRACTABLE=0", "CKA_VERIFY")),
        *(("CKA_EXTRACTABLE", answer) for answer in REFUSALS),
    ],
)
async def test_a_pair_without_an_attribute_that_the_token_refuses(
    simulator: Simulator, serving: Serving, attribute: str, answer: int
) -> None:
    simulator.at("C_GenerateKeyPair", At.REFUSE, answer, text=attribute)
    request = await requested(serving(simulator), simulator)
    assert x509.load_pem_x509_csr(request.csr).is_signature_valid
    assert simulator.calls().count("C_Login") == 1
    assert_two_whole_pairs(simulator.soft)


async def test_a_pair_without_several_attributes(simulator: Simulator, serving: Serving) -> None:
    for attribute in ("CKA_PRIVATE", "CKA_SENSITIVE", "CKA_EXTRACTABLE"):
        simulator.at("C_GenerateKeyPair", At.REFUSE, PyKCS11.CKR_TEMPLATE_INCONSISTENT, text=attribute)
    assert (await requested(serving(simulator), simulator)).csr
    assert_two_whole_pairs(simulator.soft)


@pytest.mark.parametrize("attribute", ["CKA_LABEL", "CKA_ID"])
async def test_a_pair_that_is_named_after_it_was_made(simulator: Simulator, serving: Serving, attribute: str) -> None:
    simulator.at("C_GenerateKeyPair", At.REFUSE, VALUE_INVALID, text=attribute)
    tokens = serving(simulator)
    keys = [x509.load_pem_x509_csr((await requested(tokens, simulator)).csr).public_key() for _ in range(2)]
    assert keys[0] == keys[1]
    assert_two_whole_pairs(simulator.soft)


@pytest.mark.parametrize(
    ("attribute", "answer"),
    [
        *((name, VALUE_INVALID) for name in ("CKA_PRIVATE", "CKA_LABEL", "CKA_ISSUER", "CKA_SERIAL_NUMBER")),
        *(("CKA_PRIVATE", answer) for answer in REFUSALS),
    ],
)
async def test_a_certificate_without_an_attribute_that_the_token_refuses(
    simulator: Simulator, serving: Serving, ca: TestCa, attribute: str, answer: int
) -> None:
    tokens = serving(simulator)
    application = issued(await requested(tokens, simulator), ca, simulator.certificate_der)
    simulator.at("C_CreateObject", At.REFUSE, answer, text=attribute)
    assert (await installed(tokens, simulator, application)).new.der == application.certificate


@pytest.mark.parametrize("call", ["C_OpenSession", "C_FindObjectsInit", "C_GetAttributeValue"])
async def test_one_bad_look_is_not_the_last(simulator: Simulator, serving: Serving, call: str) -> None:
    simulator.at(call, At.RETURN, PyKCS11.CKR_GENERAL_ERROR, times=1)
    async with watching(serving(simulator)) as sightings:
        await until(sightings, lambda sighting: any(token.certificates for token in sighting.tokens))


async def test_a_driver_that_cannot_start_yet_is_tried_again_soon(simulator: Simulator, serving: Serving) -> None:
    simulator.at("C_Initialize", At.RETURN, PyKCS11.CKR_GENERAL_ERROR, times=1)
    async with watching(serving(simulator)) as sightings:
        await until(sightings, lambda sighting: bool(sighting.tokens))


async def test_gone_though_the_driver_goes_on_telling_it(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.STALE)
    simulator.rule(Is.BLIND)
    tokens = serving(simulator)
    ref = await reference(tokens, simulator.certificate_der)
    simulator.rule(Is.ABSENT, PyKCS11.CKR_GENERAL_ERROR)
    failure = await refused_request(tokens, simulator, ref)
    assert (failure.reason, failure.token_changed) == (Reason.TOKEN_REMOVED, False)


async def test_another_token_before_the_pin_gets_no_pin(simulator: Simulator, serving: Serving) -> None:
    tokens = serving(simulator)
    ref = await reference(tokens, simulator.certificate_der)
    simulator.rule(Is.SERIAL, text="0000000000000000", since="C_CloseSession")
    failure = await refused_request(tokens, simulator, ref)
    assert (failure.reason, failure.token_changed) == (Reason.TOKEN_SWAPPED, False)
    assert "C_Login" not in simulator.calls()


async def test_no_pair_is_made_on_a_token_that_cannot_sign(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.LACKS, PyKCS11.CKM_ECDSA)
    failure = await refused_request(serving(simulator), simulator)
    assert (failure.reason, failure.token_changed) == (Reason.TOKEN_UNSUPPORTED, False)
    assert "C_GenerateKeyPair" not in simulator.calls()


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


@pytest.mark.parametrize("room", [0, 1])
async def test_no_room_for_a_pair_changes_nothing(simulator: Simulator, serving: Serving, room: int) -> None:
    simulator.rule(Is.ROOM, room)
    failure = await refused_request(serving(simulator), simulator)
    assert (failure.reason, failure.token_changed) == (Reason.TOKEN_FULL, False)


async def test_no_room_for_the_certificate_is_found_before_it_is_paid(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.ROOM, 2)
    assert (await refused_request(serving(simulator), simulator)).reason is Reason.TOKEN_FULL


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


async def test_a_driver_that_leaks_is_started_afresh(simulator: Simulator, serving: Serving) -> None:
    """tpm2-pkcs11 makes about 13 pairs per process."""
    simulator.at("C_Login", At.LEAK, 1_000_000)
    tokens = serving(simulator)
    await tokens.sight_once()
    (driver,) = tokens.drivers
    first = driver.pid
    for _ in range(13):
        assert (await requested(tokens, simulator)).csr
    assert driver.pid != first


async def test_a_death_is_noticed_though_a_grandchild_holds_the_pipe(simulator: Simulator) -> None:
    simulator.at("C_Initialize", At.FORK)
    simulator.at("C_Sign", At.CRASH, times=1)
    deadlines = {**protocol.DEADLINES, TokenStage.REQUEST: 5.0}
    tokens = Tokens((Module(simulator.module, simulator.environment),), deadlines)
    try:
        assert (await refused_request(tokens, simulator)).reason is Reason.DRIVER_CRASHED
        assert (await requested(tokens, simulator)).csr
    finally:
        await tokens.close()


async def test_closing_leaves_no_pipe_open_though_a_grandchild_holds_it(simulator: Simulator) -> None:
    def descriptors() -> set[str]:
        return set(os.listdir("/proc/self/fd"))

    simulator.at("C_Initialize", At.FORK)
    tokens = Tokens((Module(simulator.module, simulator.environment),))
    before = descriptors()
    assert (await tokens.sight_once()).tokens
    assert before < descriptors()
    await tokens.close()
    assert descriptors() == before


async def test_a_locked_token_is_not_asked_again(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.PIN_LIMIT, 1)
    tokens = serving(simulator)
    ref = await reference(tokens, simulator.certificate_der)
    for typed in ("000000", simulator.pin):
        with pytest.raises(TokenError) as caught:
            await tokens.make_request(ref, pin(typed), APPLICATION, quiet)
        assert caught.value.failure.reason is Reason.PIN_LOCKED
    assert simulator.calls().count("C_Login") == 1
