"""PIN counters, lengths, pads and refusals in the dialects of real drivers; whatever happens, a PIN is sent once."""

import PyKCS11
import pytest

from tests.harness.token.support import APPLICATION, pin, quiet, reference, requested
from tests.harness.token.unruly import Serving, refused_request
from tests.rig.simulator import At, Is, Simulator
from tui.core.certificate import PinState
from tui.core.failure import Failure, Reason, TokenError
from tui.token.tokens import Tokens


async def refused(tokens: Tokens, simulator: Simulator, typed: str) -> Failure:
    """Why a request with this PIN fails."""
    ref = await reference(tokens, simulator.certificate_der)
    with pytest.raises(TokenError) as caught:
        await tokens.make_request(ref, pin(typed), APPLICATION, quiet)
    return caught.value.failure


@pytest.mark.parametrize(
    ("dialect", "told"),
    [
        (
            "last",
            [(Reason.WRONG_PIN, None, False), (Reason.WRONG_PIN, 1, True), (Reason.PIN_LOCKED, 0, False)],
        ),
        ("none", [(Reason.WRONG_PIN, None, False)] * 3),
        ("low", [(Reason.WRONG_PIN, None, False)] * 3),
    ],
)
async def test_three_wrong_pins_lock(
    simulator: Simulator, serving: Serving, dialect: str, told: list[tuple[Reason, int | None, bool]]
) -> None:
    simulator.rule(Is.PIN_LIMIT, 3)
    simulator.rule(Is.PIN_FLAGS, text=dialect)
    tokens = serving(simulator)
    failures = [await refused(tokens, simulator, "000000") for _ in range(3)]
    assert [(f.reason, f.tries_left, f.final_try) for f in failures] == told
    assert simulator.calls().count("C_Login") == 3
    assert (await refused(tokens, simulator, simulator.pin)).reason is Reason.PIN_LOCKED
    assert simulator.soft.objects().count("Private Key Object") == 1


async def test_a_right_pin_clears_the_count(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.PIN_LIMIT, 3)
    tokens = serving(simulator)
    for _ in range(2):
        await refused(tokens, simulator, "000000")
    assert (await requested(tokens, simulator)).csr
    assert (await refused(tokens, simulator, "000000")).tries_left is None


async def test_the_count_outlives_the_driver(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.PIN_LIMIT, 3)
    for _ in range(2):
        await refused(serving(simulator), simulator, "000000")
    (token,) = (await serving(simulator).take_snapshot()).tokens
    assert (token.pin_state, token.tries_left) == (PinState.FINAL_TRY, 1)


@pytest.mark.parametrize("typed", ["12345", "123456789"])
async def test_a_told_limit_of_length_is_kept_before_the_token_is_asked(
    simulator: Simulator, serving: Serving, typed: str
) -> None:
    simulator.rule(Is.PIN_MIN, 6)
    simulator.rule(Is.PIN_MAX, 8)
    tokens = serving(simulator)
    assert (await refused(tokens, simulator, typed)).reason is Reason.PIN_LENGTH
    assert "C_Login" not in simulator.calls()
    assert (await requested(tokens, simulator)).csr


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (PyKCS11.CKR_PIN_LEN_RANGE, Reason.PIN_LENGTH),
        (PyKCS11.CKR_PIN_EXPIRED, Reason.PIN_EXPIRED),
        (PyKCS11.CKR_DEVICE_REMOVED, Reason.TOKEN_REMOVED),
        (PyKCS11.CKR_GENERAL_ERROR, Reason.TOKEN_FAULT),
        (PyKCS11.CKR_SESSION_EXISTS, Reason.TOKEN_BUSY),
        (0x80000001, Reason.TOKEN_FAULT),
    ],
)
async def test_every_refusal_costs_one_call(
    simulator: Simulator, serving: Serving, answer: int, reason: Reason
) -> None:
    tokens = serving(simulator)
    simulator.at("C_Login", At.RETURN, answer, times=1)
    failure = await refused_request(tokens, simulator)
    assert (failure.reason, failure.token_changed) == (reason, False)
    assert simulator.calls().count("C_Login") == 1
    assert (await requested(tokens, simulator)).csr


async def test_logged_in_already_is_as_good_as_logged_in(simulator: Simulator, serving: Serving) -> None:
    simulator.at("C_Login", At.LOSE, PyKCS11.CKR_USER_ALREADY_LOGGED_IN)
    assert (await requested(serving(simulator), simulator)).csr


async def test_a_pin_pad_is_asked_without_a_pin(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.PIN_PAD, 100, text=simulator.pin)
    tokens = serving(simulator)
    (token,) = (await tokens.take_snapshot()).tokens
    assert token.pin_pad
    ref = await reference(tokens, simulator.certificate_der)
    assert (await tokens.make_request(ref, pin(""), APPLICATION, quiet)).csr
    assert simulator.calls().count("C_Login") == 1


@pytest.mark.parametrize("answer", [PyKCS11.CKR_FUNCTION_CANCELED, PyKCS11.CKR_FUNCTION_REJECTED])
async def test_cancelled_on_the_pin_pad(simulator: Simulator, serving: Serving, answer: int) -> None:
    simulator.rule(Is.PIN_PAD, text=simulator.pin)
    simulator.at("C_Login", At.RETURN, answer, times=1)
    failure = await refused(serving(simulator), simulator, "")
    assert (failure.reason, failure.token_changed) == (Reason.PIN_CANCELLED, False)


async def test_a_wrong_pin_on_the_pin_pad(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.PIN_LIMIT, 3)
    simulator.rule(Is.PIN_PAD, text="000000")
    tokens = serving(simulator)
    assert [(await refused(tokens, simulator, "")).tries_left for _ in range(3)] == [None, 1, 0]
