"""What the program should make of drivers that it does not master yet."""

import PyKCS11
import pytest
from cryptography import x509

from tests.harness.token.support import APPLICATION, issued, pin, quiet, reference, requested, until, watching
from tests.harness.token.unruly import Serving, assert_two_whole_pairs, installed, refused_request
from tests.rig.simulator import At, Is, Simulator
from tests.rig.softhsm import TestCa
from tui.core.failure import Reason, TokenError

VALUE_INVALID = PyKCS11.CKR_ATTRIBUTE_VALUE_INVALID


async def test_a_pair_that_is_given_its_id_after_it_was_made(simulator: Simulator, serving: Serving) -> None:
    simulator.at("C_GenerateKeyPair", At.REFUSE, VALUE_INVALID, text="CKA_ID")
    tokens = serving(simulator)
    keys = [x509.load_pem_x509_csr((await requested(tokens, simulator)).csr).public_key() for _ in range(2)]
    assert keys[0] == keys[1]
    assert_two_whole_pairs(simulator.soft)


async def test_a_certificate_that_is_labelled_after_it_was_written(
    simulator: Simulator, serving: Serving, ca: TestCa
) -> None:
    tokens = serving(simulator)
    application = issued(await requested(tokens, simulator), ca, simulator.certificate_der)
    simulator.at("C_CreateObject", At.REFUSE, VALUE_INVALID, text="CKA_LABEL")
    assert (await installed(tokens, simulator, application)).new.der == application.certificate


@pytest.mark.parametrize("call", ["C_OpenSession", "C_FindObjectsInit", "C_GetAttributeValue"])
async def test_one_bad_look_is_not_the_last(simulator: Simulator, serving: Serving, call: str) -> None:
    simulator.at(call, At.RETURN, PyKCS11.CKR_GENERAL_ERROR, times=1)
    async with watching(serving(simulator)) as snapshots:
        await until(snapshots, lambda snapshot: any(token.certificates for token in snapshot.tokens))


async def test_a_driver_that_cannot_start_yet_is_tried_again_soon(simulator: Simulator, serving: Serving) -> None:
    simulator.at("C_Initialize", At.RETURN, PyKCS11.CKR_GENERAL_ERROR, times=1)
    async with watching(serving(simulator)) as snapshots:
        await until(snapshots, lambda snapshot: bool(snapshot.tokens))


async def test_gone_though_the_driver_goes_on_telling_it(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.STALE)
    simulator.rule(Is.BLIND)
    tokens = serving(simulator)
    ref = await reference(tokens, simulator.certificate_der)
    simulator.rule(Is.ABSENT, PyKCS11.CKR_GENERAL_ERROR)
    failure = await refused_request(tokens, simulator, ref)
    assert (failure.reason, failure.token_changed) == (Reason.TOKEN_REMOVED, False)


async def test_no_pair_is_made_on_a_token_that_cannot_sign(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.LACKS, PyKCS11.CKM_ECDSA)
    failure = await refused_request(serving(simulator), simulator)
    assert (failure.reason, failure.token_changed) == (Reason.TOKEN_UNSUPPORTED, False)
    assert "C_GenerateKeyPair" not in simulator.calls()


async def test_no_room_for_a_pair_changes_nothing(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.ROOM, 1)
    failure = await refused_request(serving(simulator), simulator)
    assert (failure.reason, failure.token_changed) == (Reason.TOKEN_FULL, False)


async def test_no_room_for_the_certificate_is_found_before_it_is_paid(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.ROOM, 2)
    assert (await refused_request(serving(simulator), simulator)).reason is Reason.TOKEN_FULL


async def test_a_locked_token_is_not_asked_again(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.PIN_LIMIT, 1)
    tokens = serving(simulator)
    ref = await reference(tokens, simulator.certificate_der)
    for typed in ("000000", simulator.pin):
        with pytest.raises(TokenError) as caught:
            await tokens.make_request(ref, pin(typed), APPLICATION, quiet)
        assert caught.value.failure.reason is Reason.PIN_LOCKED
    assert simulator.calls().count("C_Login") == 1
