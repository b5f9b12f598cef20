"""Certificates that are private objects: looked for with the PIN, and known from then on."""

from dataclasses import replace

import pytest

from tests.harness.journey.walk import DRAFT, EMPTY, INSTALLATION, INSTALLED, ISSUED, failed, walk
from tests.harness.people import NOW, OFFER, OLD, REF, SERVICE, TOKEN, certificate, state, token
from tui.core.certificate import PinState, Usage, refer, refer_key, refer_token
from tui.core.failure import Failure, Reason
from tui.core.secret import Pin
from tui.core.token import Snapshot
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.flow import advance
from tui.journey.moves.arrival import may_be_paid
from tui.journey.state import Busy, State, Step

VEILED = token(hides=True)
TOO_NEW = replace(SERVICE, minimum_version="999.0.0")
SECRET = replace(OLD, private=True)
SHOWN = token(SECRET)
HIDDEN_REF = replace(REF, private=True)
ENCRYPTION = certificate("enc", usage=Usage.ENCRYPTION)


def seen(*tokens: object) -> e.TokensSeen:
    return e.TokensSeen(Snapshot(tokens), NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("chosen", [e.Started(), e.LookChosen()])
def test_the_journey_goes_on_with_what_the_pin_shows(chosen: e.Event) -> None:
    now, commands = walk(State(), seen(VEILED), chosen)
    assert (now.step, now.token, commands) == (Step.LOOK_PIN, VEILED, ())
    pin = Pin(b"123456")
    now, commands = advance(now, e.PinEntered(pin))
    assert (now.step, now.busy) == (Step.LOOK_PIN, Busy.LOOKING)
    assert commands == (c.Look(refer_token(VEILED), pin),)
    now, _ = advance(now, e.TokenRevealed(SHOWN))
    assert (now.step, now.chosen, now.busy) == (Step.SIGN_IN, HIDDEN_REF, None)
    now, _ = advance(now, seen(VEILED))
    assert (now.step, now.holder) == (Step.SIGN_IN, (SHOWN, SECRET))


@pytest.mark.parametrize(
    ("tokens", "chosen"),
    [
        ((VEILED,), e.Started()),
        ((VEILED,), e.LookChosen()),
        ((token(bare_keys=(OLD.spki,)),), e.Started()),
        ((TOKEN, token(certificate("other"), serial="S2")), e.Started()),
    ],
)
def test_a_program_that_is_too_old_asks_for_nothing(tokens: tuple[object, ...], chosen: e.Event) -> None:
    now, _ = walk(State(service=TOO_NEW), seen(*tokens), chosen)
    assert now.failure is not None
    assert (now.step, now.failure.reason, now.chosen) == (Step.REFUSED, Reason.KIOSK_TOO_OLD, None)


def test_a_program_that_is_found_too_old_during_the_look_goes_no_further() -> None:
    looking, _ = walk(State(), seen(VEILED), e.LookChosen(), e.PinEntered(Pin(b"123456")), e.ServiceSeen(TOO_NEW))
    now, _ = walk(looking, e.TokenRevealed(SHOWN))
    assert now.failure is not None
    assert (now.step, now.failure.reason) == (Step.REFUSED, Reason.KIOSK_TOO_OLD)


@pytest.mark.parametrize("step", [step for step in Step if step is not Step.WAITING])
def test_in_the_middle_of_another_step_nothing_is_looked_for_and_nothing_comes_of_a_look(step: Step) -> None:
    before = state(step, chosen=refer_token(VEILED), snapshot=Snapshot((VEILED,)))
    assert advance(before, e.LookChosen()) == (before, ())
    if step is not Step.LOOK_PIN:
        assert advance(before, e.TokenRevealed(SHOWN)) == (before, ())


def test_what_was_seen_is_known_at_every_later_step_and_to_the_self_check() -> None:
    known = {"chosen": HIDDEN_REF, "snapshot": Snapshot((VEILED,)), "revealed": (SHOWN,)}
    pin = Pin(b"123456")
    now, commands = advance(state(Step.REQUEST_PIN, application=DRAFT, **known), e.PinEntered(pin))
    assert commands == (c.MakeRequest(HIDDEN_REF, pin, DRAFT),)
    now, commands = advance(state(Step.INSTALL_PIN, application=ISSUED, **known), e.PinEntered(pin))
    assert commands == (c.Install(HIDDEN_REF, pin, ISSUED),)
    written = token(INSTALLATION.new)
    now, _ = walk(now, seen(written), e.Installed(INSTALLATION), e.ApplicationSeen(INSTALLED), seen(written))
    assert now.step is Step.DONE
    assert {each.fingerprint for each in now.tokens[0].certificates} == {
        INSTALLATION.new.fingerprint,
        SECRET.fingerprint,
    }
    waiting = State(now=NOW, snapshot=Snapshot((VEILED,)), revealed=(SHOWN,))
    assert walk(waiting, e.SelfCheckOpened())[1] == (c.RunSelfCheck(Snapshot((SHOWN,))),)


def test_a_token_pulled_meanwhile_is_known_again_and_another_is_not() -> None:
    paying = state(Step.INSTALL_PIN, application=ISSUED, chosen=HIDDEN_REF, revealed=(SHOWN,))
    now, _ = advance(paying, EMPTY)
    assert now.step is Step.TOKEN_AWAITED
    other, _ = advance(now, seen(replace(VEILED, serial="S2")))
    assert other.step is Step.TOKEN_AWAITED
    now, _ = advance(now, seen(VEILED))
    assert (now.step, now.token) == (Step.INSTALL_PIN, SHOWN)


def test_the_next_person_sees_nothing_of_it() -> None:
    signing_in = state(Step.SIGN_IN, chosen=HIDDEN_REF, snapshot=Snapshot((VEILED,)), revealed=(SHOWN,))
    left, _ = advance(signing_in, e.BackPressed())
    assert (left.step, left.revealed, left.tokens) == (Step.WAITING, (), (VEILED,))
    empty = State(now=NOW, snapshot=Snapshot((VEILED,)), revealed=(token(),))
    assert walk(empty, EMPTY, seen(VEILED))[0].veiled == VEILED
    looked = State(now=NOW, snapshot=Snapshot((VEILED,)), revealed=(SHOWN,))
    assert advance(looked, seen(VEILED))[0].revealed == (SHOWN,)
    assert advance(looked, EMPTY)[0].revealed == ()


def test_an_empty_token_is_said_to_be_empty_after_the_look() -> None:
    looking, _ = walk(State(), seen(VEILED), e.Started(), e.PinEntered(Pin(b"123456")))
    now, commands = advance(looking, e.TokenRevealed(token()))
    assert (now.step, now.failure, commands) == (Step.WAITING, Failure(Reason.NO_CERTIFICATE), (c.SignOut(),))
    assert now.veiled is None
    assert now.chosen is None


def test_what_the_look_shows_may_be_refused_as_any_other() -> None:
    looking, _ = walk(State(), seen(VEILED), e.Started(), e.PinEntered(Pin(b"123456")))
    expired = replace(certificate("old", -3), private=True)
    now, _ = advance(looking, e.TokenRevealed(token(expired)))
    assert (now.step, now.failure) == (Step.REFUSED, Failure(Reason.CERTIFICATE_EXPIRED))


def test_beside_a_visible_encryption_certificate_the_signing_one_is_looked_for() -> None:
    pair = token(ENCRYPTION, hides=True)
    now, _ = walk(State(), seen(pair), e.Started())
    assert now.step is Step.LOOK_PIN
    now, _ = walk(now, e.PinEntered(Pin(b"123456")), e.TokenRevealed(token(ENCRYPTION, SECRET)))
    assert now.step is Step.SIGN_IN
    assert now.tokens[0].certificates == (SECRET, ENCRYPTION)


@pytest.mark.parametrize("tokens", [(TOKEN, VEILED), (token(),)])
def test_nobody_is_asked_for_a_pin_without_need(tokens: tuple[object, ...]) -> None:
    now, commands = walk(State(), seen(*tokens), e.LookChosen())
    assert (now.step, now.veiled, commands) == (Step.WAITING, None, ())


def test_an_expired_certificate_is_spoken_of_before_an_empty_token_s_pin_is_asked() -> None:
    gone = token(certificate("gone", -3), serial="S2")
    assert walk(State(), seen(VEILED, gone), e.Started())[0].step is Step.REFUSED
    assert walk(State(), seen(VEILED, gone), e.LookChosen())[0].step is Step.LOOK_PIN


def test_a_key_without_certificate_goes_to_the_desk_when_the_pin_shows_none() -> None:
    bare = token(bare_keys=(OLD.spki,), hides=True)
    asked, _ = walk(State(), seen(bare), e.Started())
    assert asked.step is Step.LOOK_PIN
    looking, _ = advance(asked, e.PinEntered(Pin(b"123456")))
    assert advance(looking, e.TokenRevealed(replace(bare, hides=False)))[0].chosen == refer_key(bare, OLD.spki)
    found, _ = walk(looking, e.TokenRevealed(SHOWN), seen(bare))
    assert (found.chosen, found.tokens) == (HIDDEN_REF, (SHOWN,))


def test_a_refused_pin_is_asked_again_by_the_person_alone() -> None:
    looking, _ = walk(State(), seen(VEILED), e.Started(), e.PinEntered(Pin(b"123456")))
    now, commands = advance(looking, failed(Reason.WRONG_PIN, "Look"))
    assert (now.step, now.busy, commands) == (Step.LOOK_PIN, None, ())
    assert now.failure is not None


def test_a_pin_that_goes_nowhere_is_wiped() -> None:
    short, typed_twice = Pin(b"12"), Pin(b"123456")
    asked, _ = walk(State(), seen(VEILED), e.Started())
    now, commands = advance(asked, e.PinEntered(short))
    assert (now.failure, commands) == (Failure(Reason.PIN_LENGTH, detail="4-32"), ())
    looking, _ = advance(asked, e.PinEntered(Pin(b"123456")))
    assert advance(looking, e.PinEntered(typed_twice)) == (looking, ())
    assert not short
    assert not typed_twice


def test_the_token_is_awaited_where_it_is_pulled_before_the_look() -> None:
    now, _ = walk(State(), seen(VEILED), e.Started(), EMPTY)
    assert now.step is Step.TOKEN_AWAITED
    assert walk(now, seen(VEILED))[0].step is Step.LOOK_PIN


@pytest.mark.parametrize(
    "tokens",
    [
        (token(OLD, pin_to_be_changed=True),),
        (token(hides=True, pin_to_be_changed=True),),
    ],
)
def test_a_pin_that_must_be_changed_is_told_before_anything_is_filled_in(tokens: tuple[object, ...]) -> None:
    now, _ = walk(State(), seen(*tokens), e.Started())
    assert (now.step, now.failure) == (
        Step.REFUSED,
        Failure(Reason.PIN_EXPIRED, detail="CKF_USER_PIN_TO_BE_CHANGED"),
    )
    assert walk(now, EMPTY)[0].step is Step.WAITING


@pytest.mark.parametrize("hides", [False, True])
def test_a_locked_token_is_told_before_anything_is_filled_in(hides: bool) -> None:
    held = () if hides else (OLD,)
    now, _ = walk(State(), seen(token(*held, hides=hides, pin_state=PinState.LOCKED)), e.Started())
    assert now.failure is not None
    assert (now.step, now.failure.reason, now.failure.tries_left) == (Step.REFUSED, Reason.PIN_LOCKED, 0)
    assert may_be_paid(now) is not hides
    unlocked, _ = walk(now, seen(token(*held, hides=hides)), e.BackPressed(), e.Started())
    assert unlocked.step is (Step.LOOK_PIN if hides else Step.SIGN_IN)


def test_whoever_paid_before_the_token_was_locked_comes_to_the_order() -> None:
    told, _ = walk(State(), seen(token(OLD, pin_state=PinState.LOCKED)), e.Started())
    assert walk(told, e.RenewalRequested())[0].step is Step.SIGN_IN
    expired = certificate("expired", -1)
    told, _ = walk(State(), seen(token(expired, pin_state=PinState.LOCKED)), e.Started())
    assert told.failure == Failure(Reason.CERTIFICATE_EXPIRED)
    told, _ = walk(told, e.RenewalRequested())
    assert told.failure is not None
    assert told.failure.reason is Reason.PIN_LOCKED
    assert walk(told, e.RenewalRequested())[0].step is Step.SIGN_IN
    too_old = replace(told, service=TOO_NEW)
    assert walk(too_old, e.RenewalRequested())[0].step is Step.REFUSED


def test_whoever_has_paid_nothing_fills_in_nothing_for_a_locked_token() -> None:
    locked = state(Step.CARD, snapshot=Snapshot((token(OLD, pin_state=PinState.LOCKED),)))
    sold, _ = walk(locked, e.OfferMade(replace(OFFER, application=None)))
    assert sold.failure is not None
    assert (sold.step, sold.failure.reason, may_be_paid(sold)) == (Step.REFUSED, Reason.PIN_LOCKED, False)
    assert walk(locked, e.OfferMade(replace(OFFER, application=ISSUED)))[0].step is Step.CARD


def test_of_several_certificates_only_the_chosen_one_s_token_matters() -> None:
    other = token(certificate("other"), serial="S2", pin_to_be_changed=True)
    now, _ = walk(State(), seen(TOKEN, other), e.Started())
    assert now.step is Step.CHOOSING
    assert walk(now, e.CertificateChosen(OLD.fingerprint))[0].step is Step.SIGN_IN
    stopped = walk(now, e.CertificateChosen(other.certificates[0].fingerprint))[0]
    assert stopped.failure is not None
    assert stopped.failure.reason is Reason.PIN_EXPIRED


def test_a_reference_says_that_its_certificate_is_private() -> None:
    assert refer(SHOWN, SECRET).private
    assert not refer(TOKEN, OLD).private


def test_the_loss_of_the_desk_is_known_by_its_cause_until_it_is_back() -> None:
    lost, _ = walk(State(), e.DeskLost(Failure(Reason.CLOCK_WRONG)))
    assert lost.desk_failure == Failure(Reason.CLOCK_WRONG)
    assert walk(lost, e.ServiceSeen(SERVICE))[0].desk_failure is None
