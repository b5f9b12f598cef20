"""Keys that demand their PIN at every signature (CKA_ALWAYS_AUTHENTICATE, PKCS#11 v2.40 4.9)."""

import PyKCS11
import pytest

from tests.harness.token.support import APPLICATION, issued, pin, quiet, reference, requested
from tests.harness.token.unruly import Serving, installed, refused_installation, refused_request
from tests.rig.simulator import At, Is, Simulator
from tests.rig.softhsm import TestCa
from tui.core.failure import Reason, TokenError
from tui.core.token import TokenStage
from tui.token import protocol
from tui.token.launch import Module
from tui.token.tokens import Tokens


def logins(simulator: Simulator) -> int:
    """Calls of C_Login so far."""
    return simulator.calls().count("C_Login")


def signatures(simulator: Simulator) -> int:
    """Signatures begun so far."""
    return simulator.calls().count("C_SignInit")


@pytest.mark.parametrize("silent", [False, True])
async def test_every_signature_gets_the_pin_of_its_step(
    simulator: Simulator, serving: Serving, ca: TestCa, *, silent: bool
) -> None:
    simulator.rule(Is.ALWAYS_AUTHENTICATE, int(silent))
    simulator.rule(Is.PIN_LIMIT, 1)
    tokens = serving(simulator)
    request = await requested(tokens, simulator)
    if not silent:
        assert logins(simulator) == 1 + signatures(simulator)
    done = await installed(tokens, simulator, issued(request, ca, simulator.certificate_der))
    assert done.proof


async def test_a_pin_pad_is_asked_again(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.ALWAYS_AUTHENTICATE)
    simulator.rule(Is.PIN_PAD, text=simulator.pin)
    ref = await reference(tokens := serving(simulator), simulator.certificate_der)
    assert (await tokens.make_request(ref, pin(""), APPLICATION, quiet)).csr
    assert logins(simulator) == 1 + signatures(simulator)


async def test_a_pin_of_the_keys_own_is_named_and_costs_one_try(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.ALWAYS_AUTHENTICATE, text="999999")
    simulator.rule(Is.PIN_LIMIT, 3)
    failure = await refused_request(serving(simulator), simulator)
    assert (failure.reason, failure.detail) == (Reason.SIGNING_PIN_REFUSED, "CKR_PIN_INCORRECT")
    assert failure.token_changed is False
    assert (logins(simulator), signatures(simulator)) == (2, 1)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (PyKCS11.CKR_USER_TYPE_INVALID, Reason.SIGNING_PIN_REFUSED),
        (PyKCS11.CKR_GENERAL_ERROR, Reason.SIGNING_PIN_REFUSED),
        (PyKCS11.CKR_PIN_LOCKED, Reason.PIN_LOCKED),
        (PyKCS11.CKR_FUNCTION_CANCELED, Reason.PIN_CANCELLED),
        (PyKCS11.CKR_DEVICE_REMOVED, Reason.TOKEN_REMOVED),
    ],
)
async def test_after_a_refusal_it_is_not_sent_again(
    simulator: Simulator, serving: Serving, answer: int, reason: Reason
) -> None:
    simulator.rule(Is.ALWAYS_AUTHENTICATE)
    simulator.at("C_Login", At.RETURN, answer, after=2)
    assert (await refused_request(serving(simulator), simulator)).reason is reason
    assert logins(simulator) == 2


async def test_a_wrong_pin_reaches_no_key(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.ALWAYS_AUTHENTICATE)
    ref = await reference(tokens := serving(simulator), simulator.certificate_der)
    with pytest.raises(TokenError) as caught:
        await tokens.make_request(ref, pin("000000"), APPLICATION, quiet)
    assert caught.value.failure.reason is Reason.WRONG_PIN
    assert (logins(simulator), signatures(simulator)) == (1, 0)


async def test_a_pin_that_no_login_has_looked_at_is_not_sent_for_a_signature(
    simulator: Simulator, serving: Serving
) -> None:
    simulator.rule(Is.ALWAYS_AUTHENTICATE)
    simulator.at("C_Login", At.LOSE, PyKCS11.CKR_USER_ALREADY_LOGGED_IN, times=1)
    assert (await refused_request(serving(simulator), simulator)).reason is Reason.SIGNING_PIN_REFUSED
    assert logins(simulator) == 1


async def test_a_token_pulled_at_the_pin_for_a_signature(simulator: Simulator, serving: Serving, ca: TestCa) -> None:
    simulator.rule(Is.ALWAYS_AUTHENTICATE)
    tokens = serving(simulator)
    application = issued(await requested(tokens, simulator), ca, simulator.certificate_der)
    ref = await reference(tokens, simulator.certificate_der)
    gone = simulator.rule(Is.ABSENT, PyKCS11.CKR_GENERAL_ERROR, since="C_SignInit", after=2)
    assert (await refused_installation(tokens, simulator, application)).reason is Reason.TOKEN_REMOVED
    simulator.lift(gone)
    assert (await tokens.install(ref, pin(), application, quiet)).proof


async def test_another_token_gets_no_pin_for_a_signature_that_nobody_foresaw(simulator: Simulator) -> None:
    """OpenSC answers CKR_USER_NOT_LOGGED_IN for another token in the same port (its PIN would be tried there)."""
    simulator.rule(Is.ALWAYS_AUTHENTICATE, 1)
    simulator.rule(Is.SERIAL, text="another", since="C_SignInit")
    tokens = Tokens((Module(simulator.module, simulator.environment),), {**protocol.DEADLINES, TokenStage.CHECKING: 9})
    try:
        assert (await refused_request(tokens, simulator)).reason is Reason.TOKEN_SWAPPED
        assert logins(simulator) == 1
    finally:
        await tokens.close()
