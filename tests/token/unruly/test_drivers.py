"""Drivers that die, hang, chatter and answer falsely, as real ones do, and what the program makes of it."""

import os

import PyKCS11
import pytest
from cryptography import x509

from tests.harness.token.support import issued, reference, requested, until, watching
from tests.harness.token.unruly import Serving, assert_two_whole_pairs, installed, refused_installation, refused_request
from tests.rig.simulator import At, Is, Simulator
from tests.rig.softhsm import TestCa
from tui.core.failure import Reason
from tui.core.token import TokenStage
from tui.token import protocol, proxy
from tui.token.launch import Module
from tui.token.tokens import Tokens


async def test_without_rules_it_is_a_token_like_any_other(simulator: Simulator, serving: Serving, ca: TestCa) -> None:
    tokens = serving(simulator)
    application = issued(await requested(tokens, simulator), ca, simulator.certificate_der)
    assert (await installed(tokens, simulator, application)).new.der == application.certificate
    assert simulator.calls().count("C_Login") == 2
    assert_two_whole_pairs(simulator.soft)


async def test_one_that_never_comes_to_tell_what_it_sees_is_told_however_long_it_lives(
    simulator: Simulator, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A driver that hangs at every look lives until its alarm, half a minute later."""
    monkeypatch.setattr(proxy, "_STEADY", 0.0)
    ends = simulator.at("C_GetSlotList", At.CRASH)
    async with watching(serving(simulator)) as snapshots:
        failed = await until(snapshots, lambda snapshot: bool(snapshot.faults))
        assert failed.faults[0].failure.reason is Reason.DRIVER_CRASHED
        simulator.lift(ends)
        assert (await until(snapshots, lambda snapshot: bool(snapshot.tokens))).faults == ()


# PyKCS11 calls C_Sign twice for a signature: the third call is the second one's.
@pytest.mark.parametrize("death", [At.CRASH, At.EXIT, At.KILL_AFTER])
@pytest.mark.parametrize(
    ("call", "nth", "changed"),
    [
        ("C_OpenSession", 1, False),
        ("C_Login", 1, False),
        ("C_Sign", 1, False),
        ("C_GenerateKeyPair", 1, True),
        ("C_Sign", 3, True),
        ("C_Logout", 1, True),
    ],
)
async def test_a_death_in_a_request_costs_one_pin_and_a_second_try(
    simulator: Simulator, serving: Serving, *, death: At, call: str, nth: int, changed: bool
) -> None:
    tokens = serving(simulator)
    await reference(tokens, simulator.certificate_der)
    simulator.at(call, death, times=1, after=nth)
    failure = await refused_request(tokens, simulator)
    assert (failure.reason, failure.token_changed) == (Reason.DRIVER_CRASHED, changed)
    assert simulator.calls().count("C_Login") == (call != "C_OpenSession")
    assert (await requested(tokens, simulator)).csr
    assert_two_whole_pairs(simulator.soft)


@pytest.mark.parametrize("death", [At.CRASH, At.KILL_AFTER])
@pytest.mark.parametrize(("call", "nth"), [("C_Sign", 1), ("C_CreateObject", 1), ("C_Sign", 5)])
async def test_a_death_in_an_installation(
    simulator: Simulator, serving: Serving, ca: TestCa, *, death: At, call: str, nth: int
) -> None:
    tokens = serving(simulator)
    application = issued(await requested(tokens, simulator), ca, simulator.certificate_der)
    simulator.at(call, death, times=1, after=nth)
    failure = await refused_installation(tokens, simulator, application)
    changed = (call, nth) != ("C_Sign", 1) and (call, death) != ("C_CreateObject", At.CRASH)
    assert (failure.reason, failure.token_changed) == (Reason.DRIVER_CRASHED, changed)
    assert (await installed(tokens, simulator, application)).new.der == application.certificate
    assert simulator.soft.objects().count("Certificate Object") == 2


async def test_a_death_at_the_start_is_followed_by_another_start(simulator: Simulator, serving: Serving) -> None:
    simulator.at("C_Initialize", At.CRASH, times=1)
    tokens = serving(simulator)
    async with watching(tokens) as snapshots:
        await until(snapshots, lambda snapshot: bool(snapshot.tokens))
    assert simulator.calls().count("C_Initialize") == 2


@pytest.mark.parametrize(
    ("call", "nth", "stage", "changed"),
    [
        ("C_Login", 1, TokenStage.CHECKING, False),
        ("C_Sign", 1, TokenStage.CHECKING, False),
        ("C_GenerateKeyPair", 1, TokenStage.KEY_PAIR, True),
        ("C_Sign", 3, TokenStage.REQUEST, True),
    ],
)
async def test_a_hang_is_cut_at_its_stage(
    simulator: Simulator, call: str, nth: int, stage: TokenStage, changed: bool
) -> None:
    tokens = Tokens((Module(simulator.module, simulator.environment),), {**protocol.DEADLINES, stage: 0.5})
    try:
        hanging = simulator.at(call, At.HANG, after=nth)
        failure = await refused_request(tokens, simulator)
        assert (failure.reason, failure.detail, failure.token_changed) == (Reason.DRIVER_HUNG, stage.value, changed)
        simulator.lift(hanging)
    finally:
        await tokens.close()
    again = Tokens((Module(simulator.module, simulator.environment),))
    try:
        assert (await requested(again, simulator)).csr
    finally:
        await again.close()
    assert_two_whole_pairs(simulator.soft)


async def test_noise_reaches_no_screen(
    simulator: Simulator, serving: Serving, capfd: pytest.CaptureFixture[str]
) -> None:
    for call in ("C_Initialize", "C_GetSlotList", "C_Login", "C_Sign"):
        simulator.at(call, At.STDOUT, text="libtoken: debug")
        simulator.at(call, At.STDERR, text="libtoken: 错误")
    tokens = serving(simulator)
    assert (await requested(tokens, simulator)).csr
    await tokens.close()
    assert tuple(capfd.readouterr()) == ("", "")


async def test_a_driver_that_meddles_with_its_process_is_served_and_cut(
    simulator: Simulator, serving: Serving, ca: TestCa
) -> None:
    simulator.at("C_Initialize", At.MEDDLE)
    tokens = serving(simulator)
    application = issued(await requested(tokens, simulator), ca, simulator.certificate_der)
    assert (await installed(tokens, simulator, application)).new.der == application.certificate
    await tokens.close()
    hurried = Tokens((Module(simulator.module, simulator.environment),), {**protocol.DEADLINES, TokenStage.CHECKING: 1})
    simulator.at("C_Login", At.HANG)
    try:
        assert (await refused_request(hurried, simulator)).reason is Reason.DRIVER_HUNG
    finally:
        await hurried.close()


async def test_a_program_left_behind_holds_nobody_up(simulator: Simulator, serving: Serving) -> None:
    simulator.at("C_Initialize", At.SPAWN)
    tokens = serving(simulator)
    assert (await requested(tokens, simulator)).csr
    await tokens.close()
    assert (await tokens.take_snapshot()).tokens


async def test_a_death_is_noticed_though_a_program_is_left_behind(simulator: Simulator, serving: Serving) -> None:
    simulator.at("C_Initialize", At.SPAWN)
    tokens = serving(simulator)
    simulator.at("C_Sign", At.CRASH, times=1)
    failure = await refused_request(tokens, simulator)
    assert failure.reason is Reason.DRIVER_CRASHED
    assert (await requested(tokens, simulator)).csr


async def test_slowness_is_no_failure(simulator: Simulator, serving: Serving) -> None:
    for call in ("C_GetTokenInfo", "C_Login", "C_GenerateKeyPair", "C_Sign"):
        simulator.at(call, At.DELAY, 50)
    assert (await requested(serving(simulator), simulator)).csr


@pytest.mark.parametrize(("call", "nth"), [("C_Sign", 1), ("C_GenerateKeyPair", 1), ("C_Sign", 3), ("C_Logout", 1)])
async def test_a_lost_reply_in_a_request(simulator: Simulator, serving: Serving, call: str, nth: int) -> None:
    tokens = serving(simulator)
    simulator.at(call, At.LOSE, PyKCS11.CKR_GENERAL_ERROR, times=1, after=nth)
    if call != "C_Logout":
        failure = await refused_request(tokens, simulator)
        assert (failure.reason, failure.token_changed) == (Reason.TOKEN_FAULT, (call, nth) != ("C_Sign", 1))
    assert x509.load_pem_x509_csr((await requested(tokens, simulator)).csr).is_signature_valid
    assert simulator.calls().count("C_GenerateKeyPair") == 1
    assert_two_whole_pairs(simulator.soft)


async def test_a_lost_reply_to_the_certificate(simulator: Simulator, serving: Serving, ca: TestCa) -> None:
    tokens = serving(simulator)
    application = issued(await requested(tokens, simulator), ca, simulator.certificate_der)
    probes = simulator.calls().count("C_CreateObject")
    simulator.at("C_CreateObject", At.LOSE, PyKCS11.CKR_GENERAL_ERROR, times=1)
    simulator.rule(Is.ONE_CERTIFICATE, PyKCS11.CKR_GENERAL_ERROR)
    await refused_installation(tokens, simulator, application)
    assert (await installed(tokens, simulator, application)).proof
    assert simulator.calls().count("C_CreateObject") == probes + 1


async def test_what_a_driver_only_claims_to_have_written(simulator: Simulator, serving: Serving, ca: TestCa) -> None:
    tokens = serving(simulator)
    claim = simulator.at("C_GenerateKeyPair", At.RETURN, PyKCS11.CKR_OK)
    failure = await refused_request(tokens, simulator)
    assert (failure.reason, failure.token_changed) == (Reason.TOKEN_FAULT, True)
    simulator.lift(claim)
    application = issued(await requested(tokens, simulator), ca, simulator.certificate_der)
    claim = simulator.at("C_CreateObject", At.RETURN, PyKCS11.CKR_OK)
    failure = await refused_installation(tokens, simulator, application)
    assert (failure.reason, failure.token_changed) == (Reason.TOKEN_FAULT, True)
    simulator.lift(claim)
    assert (await installed(tokens, simulator, application)).proof


@pytest.mark.parametrize("lie", [Is.FALSE_SIGNATURE, Is.OTHER_KEY])
async def test_a_false_signature_leaves_no_driver(simulator: Simulator, serving: Serving, ca: TestCa, lie: Is) -> None:
    tokens = serving(simulator)
    application = issued(await requested(tokens, simulator), ca, simulator.certificate_der)
    lying = simulator.rule(lie)
    assert (await refused_request(tokens, simulator)).reason is Reason.SIGNATURE_FALSE
    assert (await refused_installation(tokens, simulator, application)).reason is Reason.SIGNATURE_FALSE
    simulator.lift(lying)
    assert (await installed(tokens, simulator, application)).proof


async def test_a_driver_that_leaks_is_started_afresh(simulator: Simulator, serving: Serving) -> None:
    """tpm2-pkcs11 makes about 13 pairs per process."""
    simulator.at("C_Login", At.LEAK, 1_000_000)
    tokens = serving(simulator)
    await tokens.take_snapshot()
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
    assert (await tokens.take_snapshot()).tokens
    assert before < descriptors()
    await tokens.close()
    assert descriptors() == before
