"""Tokens that go at the worst moment, and drivers that hide it, break on it, or do not see them come back."""

import PyKCS11
import pytest

from tests.harness.token.support import APPLICATION, issued, pin, quiet, reference, requested, until, watching
from tests.harness.token.unruly import (
    Serving,
    assert_two_whole_pairs,
    refused_installation,
    refused_request,
)
from tests.rig.simulator import At, Is, Simulator
from tests.rig.softhsm import TestCa
from tui.core.failure import Reason
from tui.core.token import Readers, Snapshot

REMOVED, DEVICE_ERROR = PyKCS11.CKR_DEVICE_REMOVED, PyKCS11.CKR_DEVICE_ERROR


def present(snapshot: Snapshot) -> bool:
    return bool(snapshot.tokens)


def absent(snapshot: Snapshot) -> bool:
    return not snapshot.tokens


@pytest.mark.parametrize(
    "manners",
    [
        (),
        (Is.STALE,),
        (Is.STALE, Is.SESSIONS_SURVIVE),
        (Is.BROKEN,),
        (Is.BROKEN, Is.NO_READER),
        (Is.NO_READER,),
        (Is.LATE_READER,),
    ],
    ids=lambda manners: "-".join(manners) or "plain",
)
async def test_gone_and_back_under_watch(simulator: Simulator, serving: Serving, manners: tuple[Is, ...]) -> None:
    for manner in manners:
        simulator.rule(manner, DEVICE_ERROR if manner is Is.BROKEN else 0)
    async with watching(serving(simulator)) as snapshots:
        await until(snapshots, present)
        for _ in range(2):
            pulled = simulator.rule(Is.ABSENT, REMOVED)
            await until(snapshots, absent)
            simulator.lift(pulled)
            await until(snapshots, present)


@pytest.mark.parametrize("only_at_start", [0, 1], ids=["rescan", "restart"])
async def test_a_reader_that_came_after_the_start(simulator: Simulator, serving: Serving, only_at_start: int) -> None:
    simulator.rule(Is.LATE_READER, only_at_start)
    pulled = simulator.rule(Is.ABSENT, REMOVED)
    async with watching(serving(simulator)) as snapshots:
        await until(snapshots, absent)
        simulator.lift(pulled)
        await until(snapshots, present)


@pytest.mark.parametrize("times", [1, 3])
async def test_a_token_that_arrives_between_two_calls(simulator: Simulator, serving: Serving, times: int) -> None:
    simulator.rule(Is.ARRIVING, times=times)
    tokens = serving(simulator)
    assert (await requested(tokens, simulator)).csr


@pytest.mark.parametrize("manners", [(), (Is.STALE,), (Is.STALE, Is.SESSIONS_SURVIVE), (Is.BROKEN,)])
async def test_gone_at_the_pin_no_pin_is_sent(simulator: Simulator, serving: Serving, manners: tuple[Is, ...]) -> None:
    for manner in manners:
        simulator.rule(manner, DEVICE_ERROR if manner is Is.BROKEN else 0)
    tokens = serving(simulator)
    ref = await reference(tokens, simulator.certificate_der)
    pulled = simulator.rule(Is.ABSENT, REMOVED)
    failure = await refused_request(tokens, simulator, ref)
    assert (failure.reason, failure.token_changed) == (Reason.TOKEN_REMOVED, False)
    assert "C_Login" not in simulator.calls()
    simulator.lift(pulled)
    assert (await tokens.make_request(ref, pin(), APPLICATION, quiet)).csr
    assert_two_whole_pairs(simulator.soft)


@pytest.mark.parametrize("answer", [REMOVED, PyKCS11.CKR_TOKEN_NOT_PRESENT, PyKCS11.CKR_GENERAL_ERROR])
@pytest.mark.parametrize("call", ["C_GenerateKeyPair", "C_SignInit", "C_Sign"])
async def test_pulled_at_a_call_of_a_request(simulator: Simulator, serving: Serving, call: str, answer: int) -> None:
    tokens = serving(simulator)
    ref = await reference(tokens, simulator.certificate_der)
    pulled = simulator.rule(Is.ABSENT, answer, since=call)
    failure = await refused_request(tokens, simulator)
    assert (failure.reason, failure.token_changed) == (Reason.TOKEN_REMOVED, call == "C_GenerateKeyPair")
    simulator.lift(pulled)
    assert (await tokens.make_request(ref, pin(), APPLICATION, quiet)).csr
    assert_two_whole_pairs(simulator.soft)


@pytest.mark.parametrize("call", ["C_CreateObject", "C_Sign"])
async def test_pulled_at_a_call_of_an_installation(
    simulator: Simulator, serving: Serving, ca: TestCa, call: str
) -> None:
    tokens = serving(simulator)
    application = issued(await requested(tokens, simulator), ca, simulator.certificate_der)
    ref = await reference(tokens, simulator.certificate_der)
    pulled = simulator.rule(Is.ABSENT, REMOVED, since=call)
    failure = await refused_installation(tokens, simulator, application)
    assert (failure.reason, failure.token_changed) == (Reason.TOKEN_REMOVED, call == "C_CreateObject")
    simulator.lift(pulled)
    assert (await tokens.install(ref, pin(), application, quiet)).new.der == application.certificate
    assert simulator.soft.objects().count("Certificate Object") == 2


@pytest.mark.parametrize("manner", [Is.STALE, Is.SESSIONS_SURVIVE, Is.BROKEN])
async def test_pulled_behind_a_driver_that_hides_or_breaks(simulator: Simulator, serving: Serving, manner: Is) -> None:
    simulator.rule(manner, DEVICE_ERROR if manner is Is.BROKEN else 0)
    tokens = serving(simulator)
    ref = await reference(tokens, simulator.certificate_der)
    pulled = simulator.rule(Is.ABSENT, REMOVED, since="C_GenerateKeyPair")
    failure = await refused_request(tokens, simulator)
    assert (failure.reason, failure.token_changed) == (Reason.TOKEN_REMOVED, True)
    simulator.lift(pulled)
    assert (await tokens.make_request(ref, pin(), APPLICATION, quiet)).csr
    assert_two_whole_pairs(simulator.soft)


@pytest.mark.parametrize(("told", "text"), [(Is.LABEL, "另一个"), (Is.SERIAL, "0000000000000000")])
async def test_another_token_after_the_pin_signs_nothing(
    simulator: Simulator, serving: Serving, told: Is, text: str
) -> None:
    tokens = serving(simulator)
    ref = await reference(tokens, simulator.certificate_der)
    swapped = simulator.rule(told, text=text, since="C_Login")
    failure = await refused_request(tokens, simulator)
    assert failure.reason is Reason.TOKEN_SWAPPED
    assert not {"C_Sign", "C_GenerateKeyPair"} & set(simulator.calls())
    simulator.lift(swapped)
    assert (await tokens.make_request(ref, pin(), APPLICATION, quiet)).csr


async def test_a_driver_update_that_tells_another_label_and_serial(simulator: Simulator, serving: Serving) -> None:
    tokens = serving(simulator)
    ref = await reference(tokens, simulator.certificate_der)
    await tokens.close()
    simulator.rule(Is.LABEL, text="UKEY")
    simulator.rule(Is.SERIAL, text="1")
    failure = await refused_request(tokens, simulator, ref)
    assert (failure.reason, failure.token_changed) == (Reason.TOKEN_SWAPPED, False)
    assert "C_Login" not in simulator.calls()
    assert (await requested(tokens, simulator)).csr


@pytest.mark.parametrize("supported", [None, 0, 1], ids=["unsupported", "blocking", "both"])
async def test_slot_events_change_nothing(simulator: Simulator, serving: Serving, supported: int | None) -> None:
    if supported is not None:
        simulator.rule(Is.EVENTS, supported)
    async with watching(serving(simulator)) as snapshots:
        await until(snapshots, present)
        simulator.rule(Is.ABSENT, REMOVED)
        await until(snapshots, absent)


@pytest.mark.parametrize("call", ["C_GetSlotList", "C_GetSlotInfo", "C_GetTokenInfo"])
async def test_a_look_at_the_slots_that_fails_now_and_then(simulator: Simulator, serving: Serving, call: str) -> None:
    simulator.at(call, At.RETURN, PyKCS11.CKR_GENERAL_ERROR, times=2)
    async with watching(serving(simulator)) as snapshots:
        await until(snapshots, present)


async def test_a_driver_that_dies_of_its_own_restart(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.BROKEN, DEVICE_ERROR)
    simulator.at("C_Finalize", At.CRASH)
    async with watching(serving(simulator)) as snapshots:
        await until(snapshots, present)
        pulled = simulator.rule(Is.ABSENT, REMOVED)
        await until(snapshots, absent)
        simulator.lift(pulled)
        await until(snapshots, present)


async def test_another_token_before_the_pin_gets_no_pin(simulator: Simulator, serving: Serving) -> None:
    tokens = serving(simulator)
    ref = await reference(tokens, simulator.certificate_der)
    simulator.rule(Is.SERIAL, text="0000000000000000", since="C_CloseSession")
    failure = await refused_request(tokens, simulator, ref)
    assert (failure.reason, failure.token_changed) == (Reason.TOKEN_SWAPPED, False)
    assert "C_Login" not in simulator.calls()


async def test_gone_in_the_middle_of_the_look_is_no_swap(simulator: Simulator, serving: Serving) -> None:
    tokens = serving(simulator)
    ref = await reference(tokens, simulator.certificate_der)
    simulator.at("C_FindObjects", At.RETURN, PyKCS11.CKR_FUNCTION_FAILED)
    gone = simulator.at("C_Initialize", At.RETURN, DEVICE_ERROR, since="C_FindObjects")
    failure = await refused_request(tokens, simulator, ref)
    assert (failure.reason, failure.token_changed) == (Reason.TOKEN_REMOVED, False)
    simulator.lift(gone)
    failure = await refused_request(tokens, simulator, ref)
    assert (failure.reason, failure.detail) == (Reason.TOKEN_FAULT, "CKR_FUNCTION_FAILED")
    simulator.clear()
    assert (await tokens.make_request(ref, pin(), APPLICATION, quiet)).csr


async def test_one_false_look_after_the_pin_is_no_swap(simulator: Simulator, serving: Serving) -> None:
    tokens = serving(simulator)
    ref = await reference(tokens, simulator.certificate_der)
    simulator.rule(Is.LABEL, text="另一个", times=1, since="C_Login")
    failure = await refused_request(tokens, simulator, ref)
    assert failure.reason is Reason.TOKEN_REMOVED
    assert (await tokens.make_request(ref, pin(), APPLICATION, quiet)).csr


@pytest.mark.parametrize("call", ["C_GetTokenInfo", "C_FindObjects"])
async def test_one_that_is_in_and_cannot_be_read_is_told_so_and_not_sought_for(
    simulator: Simulator, serving: Serving, call: str
) -> None:
    """Of a driver that asks no PC/SC, too: the reader's own flag tells that something is in it."""
    broken = simulator.at(call, At.RETURN, PyKCS11.CKR_GENERAL_ERROR)
    async with watching(serving(simulator)) as snapshots:
        told = await until(snapshots, lambda seen: seen.readers is Readers.CARD_UNKNOWN)
        assert told.tokens == ()
        simulator.lift(broken)
        assert (await until(snapshots, present)).readers is Readers.PRESENT
        pulled = simulator.rule(Is.ABSENT, REMOVED)
        assert (await until(snapshots, absent)).readers is Readers.PRESENT
        simulator.lift(pulled)
        await until(snapshots, present)


async def test_a_blank_one_in_a_reader_is_none_to_be_put_in(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.UNINITIALISED)
    simulator.rule(Is.NO_USER_PIN)
    simulator.at("C_FindObjects", At.RETURN, PyKCS11.CKR_DEVICE_ERROR)
    async with watching(serving(simulator)) as snapshots:
        assert (await until(snapshots, lambda seen: seen.readers is Readers.CARD_UNKNOWN)).tokens == ()
