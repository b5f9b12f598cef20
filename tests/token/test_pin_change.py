"""Another user PIN: by its user and by its operator; a wrong one costs one try, a refused new one none."""

from collections.abc import Callable

import PyKCS11
import pytest

from tests.harness.token.support import pin, quiet, requested
from tests.harness.token.unruly import Serving
from tests.rig.simulator import At, Is, Simulator
from tests.rig.softhsm import SoftToken
from tui.core.certificate import PinState, Token, refer_token, refer_whole
from tui.core.failure import Failure, Reason, TokenError
from tui.core.secret import Pin
from tui.token.tokens import Tokens

OLD, NEW, SO = "123456", "271828", "12345678"


async def the_token(tokens: Tokens) -> Token:
    """The only one that is in."""
    (token,) = (await tokens.take_snapshot()).tokens
    return token


async def refused(tokens: Tokens, old: Pin, new: Pin, *, unlock: bool = False) -> Failure:
    """Why the token keeps its PIN."""
    reference = refer_whole(await the_token(tokens))
    with pytest.raises(TokenError) as caught:
        await (tokens.unlock if unlock else tokens.change_pin)(reference, old, new, quiet)
    assert not old
    assert not new
    assert caught.value.failure.token_changed is False
    return caught.value.failure


def opens(soft: SoftToken, typed: str) -> bool:
    """Whether the token takes this PIN, tried past the program."""
    listed = soft.run(
        *("sh", "-c", 'pkcs11-tool --module "$0" --token-label "$1" --login --pin "$2" --list-objects 2>&1 || true'),
        *(str(soft.module), soft.label, typed),
    )
    return "CKR_PIN_INCORRECT" not in listed and "Private Key Object" in listed


async def test_a_user_changes_the_pin(tokens: Tokens, soft: SoftToken) -> None:
    old, new = pin(OLD), pin(NEW)
    await tokens.change_pin(refer_whole(await the_token(tokens)), old, new, quiet)
    assert not old
    assert not new
    assert (opens(soft, NEW), opens(soft, OLD)) == (True, False)


async def test_a_token_that_shows_nothing_is_known_by_its_name(tokens: Tokens, soft: SoftToken) -> None:
    await tokens.change_pin(refer_token(await the_token(tokens)), pin(OLD), pin(NEW), quiet)
    assert opens(soft, NEW)


async def test_a_wrong_old_pin_costs_one_try(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.PIN_LIMIT, 3)
    tokens = serving(simulator)
    told = [await refused(tokens, pin("000000"), pin(NEW)) for _ in range(3)]
    assert [(each.reason, each.tries_left) for each in told] == [
        (Reason.WRONG_PIN, None),
        (Reason.WRONG_PIN, 1),
        (Reason.PIN_LOCKED, 0),
    ]
    assert simulator.calls().count("C_Login") == 3
    assert (await refused(tokens, pin(OLD), pin(NEW))).reason is Reason.PIN_LOCKED
    assert "C_SetPIN" not in simulator.calls()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (PyKCS11.CKR_PIN_LEN_RANGE, Reason.NEW_PIN_LENGTH),
        (PyKCS11.CKR_PIN_INVALID, Reason.NEW_PIN_CHARACTERS),
        (PyKCS11.CKR_PIN_TOO_WEAK, Reason.NEW_PIN_WEAK),
        (PyKCS11.CKR_FUNCTION_NOT_SUPPORTED, Reason.TOKEN_UNSUPPORTED),
        (PyKCS11.CKR_TOKEN_WRITE_PROTECTED, Reason.TOKEN_READ_ONLY),
    ],
)
@pytest.mark.parametrize("unlock", [False, True])
async def test_a_refused_new_pin_is_told_by_its_reason(
    simulator: Simulator, serving: Serving, answer: int, reason: Reason, unlock: bool
) -> None:
    simulator.rule(Is.PIN_LIMIT, 3)
    tokens, call = serving(simulator), "C_InitPIN" if unlock else "C_SetPIN"
    simulator.at(call, At.RETURN, answer, times=1)
    failure = await refused(tokens, pin(SO if unlock else OLD), pin(NEW), unlock=unlock)
    assert (failure.reason, failure.tries_left) == (reason, None)
    assert simulator.calls().count(call) == simulator.calls().count("C_Login") == 1
    assert (await requested(tokens, simulator)).csr


@pytest.mark.parametrize("answer", [PyKCS11.CKR_HOST_MEMORY, PyKCS11.CKR_DEVICE_REMOVED])
@pytest.mark.parametrize("unlock", [False, True])
async def test_a_login_that_fails_leaves_no_doubt_which_pin_holds(
    simulator: Simulator, serving: Serving, answer: int, unlock: bool
) -> None:
    tokens = serving(simulator)
    simulator.at("C_Login", At.RETURN, answer, times=1)
    await refused(tokens, pin(SO if unlock else OLD), pin(NEW), unlock=unlock)
    assert not {"C_SetPIN", "C_InitPIN"} & set(simulator.calls())


async def test_a_told_limit_of_length_is_kept_before_the_token_is_asked(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.PIN_MIN, 6)
    simulator.rule(Is.PIN_MAX, 8)
    failure = await refused(serving(simulator), pin(OLD), pin("12345"))
    assert (failure.reason, failure.detail) == (Reason.NEW_PIN_LENGTH, "6-8")
    assert "C_Login" not in simulator.calls()


async def test_an_expired_pin_is_good_for_its_change(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.PIN_TO_BE_CHANGED)
    simulator.at("C_Login", At.RETURN, PyKCS11.CKR_PIN_EXPIRED, times=1)
    tokens = serving(simulator)
    await tokens.change_pin(refer_whole(await the_token(tokens)), pin(OLD), pin(NEW), quiet)
    assert opens(simulator.soft, NEW)


async def test_a_pin_pad_asks_for_both(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.PIN_PAD, text=OLD)
    simulator.rule(Is.NEW_ON_PAD, text=NEW)
    tokens = serving(simulator)
    await tokens.change_pin(refer_whole(await the_token(tokens)), Pin(), Pin(), quiet)
    assert "C_Login" not in simulator.calls()
    assert opens(simulator.soft, NEW)


async def test_an_operator_unlocks_a_locked_token(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.PIN_LIMIT, 1)
    tokens = serving(simulator)
    assert (await refused(tokens, pin("000000"), pin(NEW))).reason is Reason.PIN_LOCKED
    reference = refer_whole(await the_token(tokens))
    await tokens.unlock(reference, pin(SO), pin(NEW), quiet)
    assert opens(simulator.soft, NEW)
    await tokens.change_pin(reference, pin(NEW), pin(OLD), quiet)
    assert (await requested(tokens, simulator)).csr


async def test_wrong_so_pins_are_told_to_the_last(simulator: Simulator, serving: Serving) -> None:
    simulator.rule(Is.SO_PIN_LIMIT, 3)
    tokens = serving(simulator)
    told = [await refused(tokens, pin("00000000"), pin(NEW), unlock=True) for _ in range(3)]
    assert [(each.reason, each.tries_left, each.final_try) for each in told] == [
        (Reason.SO_PIN_WRONG, None, False),
        (Reason.SO_PIN_WRONG, 1, True),
        (Reason.SO_PIN_LOCKED, 0, False),
    ]
    assert simulator.calls().count("C_Login") == 3
    assert (await the_token(serving(simulator))).so_pin_state is PinState.LOCKED
    assert (await refused(serving(simulator), pin(SO), pin(NEW), unlock=True)).reason is Reason.SO_PIN_LOCKED
    assert simulator.calls().count("C_Login") == 3
    assert (await requested(tokens, simulator)).csr


@pytest.mark.parametrize("act", [Tokens.change_pin, Tokens.unlock])
async def test_each_pin_leaves_once_when_it_is_asked_for(
    tokens: Tokens, monkeypatch: pytest.MonkeyPatch, act: Callable[..., object]
) -> None:
    from tui.token import proxy

    sent: list[bytes] = []
    send = proxy.DriverProcess._send

    def record(self: proxy.DriverProcess, payload: bytes | memoryview) -> None:
        sent.append(bytes(payload))
        send(self, payload)

    monkeypatch.setattr(proxy.DriverProcess, "_send", record)
    first = SO if act is Tokens.unlock else OLD
    await act(tokens, refer_whole(await the_token(tokens)), pin(first), pin(NEW), quiet)  # type: ignore[misc]
    assert [payload for payload in sent if first.encode() in payload] == [first.encode()]
    assert [payload for payload in sent if NEW.encode() in payload] == [NEW.encode()]
