"""The flow where the CA's rules differ: the old pair may go, the old key may stay."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.harness.journey.walk import BACK_IN, EMPTY, INSTALLATION, ISSUED, NEW, failed, walk
from tests.harness.people import NOW, OFFER, OLD, REF, SERVICE, SNAPSHOT, TOKEN, application, certificate, state, token
from tui.core.certificate import refer, refer_key
from tui.core.failure import Failure, Reason
from tui.core.order import ApplicationStatus
from tui.core.policy import KeyPolicy, OldPair
from tui.core.secret import Pin
from tui.core.token import KeyLeft, Snapshot, TokenStage
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.flow import advance
from tui.journey.moves.installing import retirable
from tui.journey.state import State, Step

PROVED = application(ApplicationStatus.INSTALLED, old_pair=OldPair.DELETE)
DONE = state(Step.DONE, application=PROVED, installation=INSTALLATION)
BOTH = e.TokensSeen(Snapshot((token(OLD, NEW),)), NOW)
RENEWED = e.TokensSeen(Snapshot((token(NEW),)), NOW)
BARE = token(bare_keys=(OLD.spki,))
LONE = e.TokensSeen(Snapshot((BARE,)), NOW)


def test_the_old_pair_is_deleted_after_the_persons_consent() -> None:
    now, commands = walk(DONE, BOTH, e.RetirementChosen())
    assert (now.step, now.chosen, commands) == (Step.RETIRE_PIN, refer(token(OLD, NEW), NEW), ())
    pin = Pin(b"123456")
    now, commands = advance(now, e.PinEntered(pin))
    assert now.step is Step.RETIRING
    assert now.token_working
    assert commands == (c.Retire(refer(token(OLD, NEW), NEW), pin, PROVED, INSTALLATION),)
    now, _ = walk(now, e.TokenProgressed(TokenStage.RETIRING), RENEWED, e.Retired())
    assert (now.step, now.retired, now.failure) == (Step.DONE, True, None)
    assert retirable(now) is None
    assert advance(now, e.RetirementChosen()) == (now, ())


def test_a_key_that_was_left_is_told() -> None:
    now, _ = walk(DONE, BOTH, e.RetirementChosen(), e.PinEntered(Pin(b"123456")), e.Retired(KeyLeft.SHARED))
    assert (now.step, now.retired, now.key_left) == (Step.DONE, True, KeyLeft.SHARED)


@pytest.mark.parametrize(
    "rule", [{"old_pair": OldPair.KEEP}, {"key_policy": KeyPolicy.KEEP}, {"status": ApplicationStatus.ISSUED}]
)
def test_the_old_pair_stays_where_the_ca_says_so(rule: dict[str, object]) -> None:
    kept = replace(DONE, application=replace(PROVED, **rule))  # type: ignore[arg-type]
    assert walk(kept, BOTH, e.RetirementChosen())[0].step is Step.DONE


def test_a_pin_for_a_deletion_that_the_ca_no_longer_allows_is_wiped() -> None:
    at_pin, _ = walk(DONE, BOTH, e.RetirementChosen())
    kept = replace(at_pin, application=replace(PROVED, old_pair=OldPair.KEEP))
    pin = Pin(b"123456")
    now, commands = advance(kept, e.PinEntered(pin))
    assert (now.step, bool(pin), commands) == (Step.DONE, False, ())


def test_a_deletion_that_failed_is_tried_again_by_the_person_alone() -> None:
    now, _ = walk(DONE, BOTH, e.RetirementChosen(), e.PinEntered(Pin(b"123456")))
    now, commands = advance(now, failed(Reason.WRONG_PIN, "Retire"))
    assert (now.step, now.failure, commands) == (Step.RETIRE_PIN, Failure(Reason.WRONG_PIN), ())
    away, _ = advance(now, EMPTY)
    assert (away.step, away.return_to) == (Step.TOKEN_AWAITED, Step.RETIRE_PIN)
    assert advance(away, RENEWED)[0].step is Step.RETIRE_PIN
    assert advance(now, e.BackPressed())[0].step is Step.DONE


def test_a_replaced_certificate_is_no_pulled_token() -> None:
    at_pin = state(Step.INSTALL_PIN, application=ISSUED)
    assert advance(at_pin, LONE)[0].step is Step.INSTALL_PIN
    same_key = replace(NEW, spki=OLD.spki)
    done = replace(DONE, installation=replace(INSTALLATION, new=same_key))
    assert advance(done, e.TokensSeen(Snapshot((token(same_key),)), NOW))[0].step is Step.DONE


def test_a_key_without_certificate_leads_to_its_application() -> None:
    now, _ = walk(State(), LONE, e.Started())
    assert (now.step, now.chosen) == (Step.SIGN_IN, refer_key(BARE, OLD.spki))
    now, commands = advance(replace(now, signed_in=True, notice=DONE.notice, step=Step.NOTICE), e.NoticeAccepted())
    assert (now.step, commands) == (Step.CARD, (c.AskOffer(b"", OLD.spki),))
    found, _ = advance(now, e.OfferMade(replace(OFFER, terms=(), application=ISSUED)))
    assert (found.step, found.application) == (Step.INSTALL_PIN, ISSUED)
    none, _ = advance(now, failed(Reason.NO_CERTIFICATE, "AskOffer"))
    assert none.step is Step.REFUSED


def test_a_fresh_certificate_that_was_never_proved_leads_back_to_the_desk() -> None:
    for age, step in ((29, Step.SIGN_IN), (31, Step.REFUSED)):
        new = certificate("new", 385, not_before=NOW - timedelta(days=age))
        now, _ = walk(State(service=SERVICE), e.TokensSeen(Snapshot((token(new),)), NOW), e.Started())
        assert now.failure == Failure(Reason.TOO_EARLY)
        assert advance(now, e.RenewalRequested())[0].step is step


def test_the_chosen_token_is_known_by_certificate_before_key() -> None:
    assert state(Step.CARD, snapshot=SNAPSHOT, chosen=REF).token == TOKEN
    twin = token(bare_keys=(OLD.spki,), serial="S2")
    assert state(Step.CARD, snapshot=Snapshot((twin, TOKEN)), chosen=REF).token == TOKEN
    assert advance(state(Step.CARD), BACK_IN)[0].token == TOKEN


def test_a_ca_that_another_kiosk_has_finished_is_known_by_its_new_certificate() -> None:
    """Its old pair is gone: nothing on it is what this kiosk began with."""
    away, commands = walk(state(Step.INSTALL_PIN, application=ISSUED), EMPTY)
    assert (away.step, commands) == (Step.TOKEN_AWAITED, ())
    back, commands = advance(away, RENEWED)
    assert (back.step, commands) == (Step.TOKEN_AWAITED, (c.WatchApplication("B1"),))
    elsewhere = e.ApplicationSeen(replace(PROVED, certificate=NEW.der), polled=True)
    done, commands = advance(back, elsewhere)
    assert (done.step, done.renewed, done.installation, commands) == (Step.DONE, NEW, None, (c.StopWatching(),))
    assert advance(done, RENEWED)[0].step is Step.DONE, "the CA that is in is the one that was awaited"
    assert advance(done, EMPTY)[0].step is Step.WAITING


def test_the_same_where_it_is_seen_to_change_without_being_pulled() -> None:
    at_pin = state(Step.INSTALL_PIN, application=ISSUED)
    assert advance(at_pin, RENEWED)[1] == (c.WatchApplication("B1"),)


def test_another_ca_waits_for_the_right_one_as_before() -> None:
    away, commands = walk(state(Step.INSTALL_PIN, application=ISSUED), EMPTY, RENEWED)
    still, commands = advance(away, e.ApplicationSeen(ISSUED, polled=True))
    assert (still.step, still.return_to, commands) == (Step.TOKEN_AWAITED, Step.INSTALL_PIN, (c.StopWatching(),))
    assert advance(still, BACK_IN)[0].step is Step.INSTALL_PIN
    installing = state(Step.INSTALLING, application=ISSUED)
    pulled, _ = walk(installing, EMPTY, failed(Reason.TOKEN_REMOVED, "Install"), RENEWED)
    still, _ = advance(pulled, e.ApplicationSeen(ISSUED, polled=True))
    assert still.failure == Failure(Reason.TOKEN_REMOVED), "what went wrong stays told"
    drafting, commands = walk(state(Step.REQUEST_PIN, application=application()), EMPTY, RENEWED)
    still, commands = advance(drafting, e.ApplicationSeen(application(), polled=True))
    assert (still.step, still.return_to, commands) == (Step.TOKEN_AWAITED, Step.REQUEST_PIN, (c.StopWatching(),))


def test_whoever_has_not_signed_in_is_told_nothing_of_the_application() -> None:
    ended = state(Step.INSTALL_PIN, application=ISSUED, signed_in=False)
    assert walk(ended, EMPTY, RENEWED)[1] == ()
    deleting, _ = walk(DONE, BOTH, e.RetirementChosen())
    assert walk(deleting, EMPTY, BACK_IN)[1] == (), "and nobody asks about what is finished"
