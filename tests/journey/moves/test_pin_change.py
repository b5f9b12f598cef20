"""修改CA密码: from 我的证书 and from the refusal that demands it; both PINs leave once or are wiped."""

from dataclasses import replace

import pytest

from tests.harness.journey.walk import walk
from tests.harness.people import NOW, OLD, application, state, token
from tui.core.certificate import Token, refer_whole
from tui.core.failure import Failure, Money, Reason
from tui.core.order import PaymentStatus
from tui.core.secret import Pin
from tui.core.token import Snapshot
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.flow import advance, discard
from tui.journey.state import Busy, State, Step


def typed(old: str = "123456", new: str = "271828") -> e.NewPinEntered:
    return e.NewPinEntered(Pin(old.encode()), Pin(new.encode()))


def opened(*tokens: Token, **changes: object) -> State:
    """我的证书 with these tokens, and 修改CA密码 pressed."""
    seen = e.TokensSeen(Snapshot(tokens), NOW)
    at, _ = walk(State(), seen, e.CertificatesOpened())
    return advance(replace(at, **changes), e.PinChangeOpened())[0]  # type: ignore[arg-type]


def test_the_only_token_gets_its_new_pin_and_the_person_goes_home() -> None:
    now = opened(token(OLD))
    assert (now.step, now.token) == (Step.CHANGE_PIN, token(OLD))
    event = typed()
    now, (command,) = advance(now, event)
    assert command == c.ChangePin(refer_whole(token(OLD)), event.old, event.new)
    assert (now.busy, now.token_working) == (Busy.CHANGING_PIN, True)
    assert advance(now, e.BackPressed()) == advance(now, e.Abandoned()) == (now, ())
    again = typed()
    assert advance(now, again) == (now, ())
    assert not again.old
    assert not again.new
    now, _ = advance(now, e.PinChanged())
    assert (now.step, now.busy, now.pin_changed) == (Step.CHANGE_PIN, None, True)
    third = typed()
    assert advance(now, third) == (now, ())
    assert not third.old
    assert not third.new
    now, commands = advance(now, e.BackPressed())
    assert (now.step, now.pin_changed, commands) == (Step.WAITING, False, (c.SignOut(),))


def test_a_refusal_is_told_where_it_can_be_tried_again() -> None:
    now, _ = advance(opened(token(OLD)), typed())
    failure = Failure(Reason.NEW_PIN_WEAK, token_changed=False)
    now, _ = advance(now, e.Failed(failure, "ChangePin"))
    assert (now.step, now.busy, now.failure) == (Step.CHANGE_PIN, None, failure)
    again, _ = advance(now, typed())
    assert (again.busy, again.failure) == (Busy.CHANGING_PIN, None)


@pytest.mark.parametrize("pulled_first", [True, False])
def test_whoever_pulls_the_token_out_of_the_change_is_told_that_either_pin_may_hold(*, pulled_first: bool) -> None:
    gone, failure = e.TokensSeen(Snapshot(), NOW), Failure(Reason.TOKEN_REMOVED, token_changed=True)
    failed = e.Failed(failure, "ChangePin")
    now, _ = walk(opened(token(OLD)), typed(), *((gone, failed) if pulled_first else (failed, gone)))
    assert (now.step, now.busy, now.failure) == (Step.CHANGE_PIN, None, failure)
    assert advance(now, e.TokensSeen(Snapshot((token(OLD),)), NOW))[0].token == token(OLD)
    assert advance(now, e.BackPressed())[0].step is Step.WAITING


def test_whoever_pulls_it_out_after_a_plain_refusal_goes_home() -> None:
    refused = e.Failed(Failure(Reason.WRONG_PIN, token_changed=False), "ChangePin")
    now, _ = walk(opened(token(OLD)), typed(), refused, e.TokensSeen(Snapshot(), NOW))
    assert now.step is Step.WAITING


def test_an_old_pin_of_a_wrong_length_costs_no_try() -> None:
    event = typed(old="1")
    now, commands = advance(opened(token(OLD, pin_min=4)), event)
    assert (now.failure and now.failure.reason, commands) == (Reason.PIN_LENGTH, ())
    assert not event.new


def test_a_token_that_demands_it_leads_there_from_the_refusal() -> None:
    held = token(OLD, pin_to_be_changed=True)
    refused, _ = walk(State(), e.TokensSeen(Snapshot((held,)), NOW), e.Started())
    assert refused.step is Step.REFUSED
    assert advance(refused, e.PinChangeOpened())[0].step is Step.CHANGE_PIN


@pytest.mark.parametrize(
    ("step", "command", "money"),
    [
        (Step.LOOK_PIN, "Look", Money.NOT_TOUCHED),
        (Step.REQUESTING, "MakeRequest", Money.NOT_TOUCHED),
        (Step.INSTALLING, "Install", Money.SAFE),
    ],
)
def test_a_token_that_demands_it_only_when_the_pin_is_typed_leads_there_too(
    step: Step, command: str, money: Money
) -> None:
    paid = PaymentStatus.PAID if money is Money.SAFE else PaymentStatus.UNPAID
    asked = state(step, application=application(payment_status=paid))
    refused, _ = advance(asked, e.Failed(Failure(Reason.PIN_EXPIRED), command))
    assert (refused.step, refused.money) == (Step.REFUSED, money)
    changing, _ = advance(refused, e.PinChangeOpened())
    assert (changing.step, changing.token) == (Step.CHANGE_PIN, asked.token)
    left, commands = walk(changing, typed(), e.PinChanged(), e.BackPressed())
    assert (left.step, left.account, commands[-1]) == (Step.WAITING, "", c.SignOut())


@pytest.mark.parametrize(
    "now",
    [
        opened(),
        opened(token(OLD), token(serial="S2")),
        opened(token(OLD, fault="CKR_DEVICE_ERROR")),
        opened(token(OLD), return_to=Step.CARD),
        opened(token(OLD), signed_in=True),
    ],
    ids=["no token", "two tokens", "an unread one", "in a renewal", "signed in"],
)
def test_nobody_changes_anothers_pin(now: State) -> None:
    assert now.step is Step.CERTIFICATES


def test_what_nobody_takes_is_wiped() -> None:
    event = typed()
    discard(event)
    assert not event.old
    assert not event.new
