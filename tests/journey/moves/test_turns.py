"""The flow's turns: a pulled token, failures, waits, leaving and coming back."""

from dataclasses import replace

import pytest

from tests.harness.journey.walk import (
    BACK_IN,
    DRAFT,
    EMPTY,
    ENTERED,
    INSTALLATION,
    ISSUED,
    ISSUING,
    PAYING,
    REQUEST,
    failed,
    walk,
)
from tests.harness.people import (
    AGREEMENT,
    ATTEMPT,
    FORM,
    INVOICE,
    NOW,
    OFFER,
    OLD,
    SERVICE,
    SNAPSHOT,
    state,
    token,
)
from tui.core.failure import Failure, Reason
from tui.core.order import AttemptState, Document, Offer
from tui.core.secret import Password, Pin
from tui.core.token import Snapshot
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.flow import advance
from tui.journey.state import Busy, State, Step, Trait


@pytest.mark.parametrize("reason", [Reason.TOKEN_REMOVED, Reason.TOKEN_SWAPPED])
@pytest.mark.parametrize(
    ("working", "command", "prompt"),
    [(Step.REQUESTING, "MakeRequest", Step.REQUEST_PIN), (Step.INSTALLING, "Install", Step.INSTALL_PIN)],
)
def test_a_token_pulled_during_an_operation_is_awaited_at_the_pin(
    reason: Reason, working: Step, command: str, prompt: Step
) -> None:
    before = state(working, application=ISSUED)
    for events in ((EMPTY, failed(reason, command)), (failed(reason, command), EMPTY)):
        away, _ = walk(before, *events)
        assert (away.step, away.return_to, away.failure) == (Step.TOKEN_AWAITED, prompt, Failure(reason))
        back, _ = advance(away, BACK_IN)
        assert back.step is (Step.SIGN_IN if prompt is Step.REQUEST_PIN else prompt)
    there, _ = advance(before, failed(reason, command))
    assert (there.step, there.failure) == (prompt, Failure(reason))


def test_no_step_that_needs_the_token_is_entered_without_it() -> None:
    looking = state(Step.CERTIFICATES, return_to=Step.CARD)
    away, _ = walk(looking, EMPTY, e.BackPressed())
    assert (away.step, away.return_to) == (Step.TOKEN_AWAITED, Step.CARD)
    shown, commands = walk(away, BACK_IN, e.SignInSubmitted("", Password(b"x")), e.SignedIn())
    assert (shown.step, commands) == (Step.CARD, (c.AskOffer(OLD.der),))
    paying, _ = advance(state(Step.QR, application=PAYING), EMPTY)
    issued, _ = advance(paying, e.ApplicationSeen(ISSUED, polled=True))
    assert (issued.step, issued.return_to, issued.asks_password) == (Step.TOKEN_AWAITED, Step.INSTALL_PIN, False)
    assert advance(issued, BACK_IN)[0].step is Step.INSTALL_PIN


def test_a_wrong_pin_leads_back_to_the_prompt_with_the_tries() -> None:
    wrong = e.Failed(Failure(Reason.WRONG_PIN, tries_left=2), "MakeRequest")
    now, commands = advance(state(Step.REQUESTING, application=DRAFT), wrong)
    assert (now.step, now.failure, commands) == (Step.REQUEST_PIN, wrong.failure, ())


def test_a_pin_of_impossible_length_is_not_sent_and_wiped() -> None:
    pin = Pin(b"1")
    now, commands = advance(state(Step.REQUEST_PIN, application=DRAFT), e.PinEntered(pin))
    assert now.failure is not None
    assert (now.failure.reason, commands, len(pin)) == (Reason.PIN_LENGTH, (), 0)


@pytest.mark.parametrize("lost", [{"application": None}, {"chosen": None}, {"snapshot": Snapshot()}])
def test_a_pin_that_there_is_nothing_to_do_with_is_wiped(lost: dict[str, object]) -> None:
    pin, asked = Pin(b"123456"), state(Step.REQUEST_PIN, **{"application": DRAFT, **lost})
    assert advance(asked, e.PinEntered(pin)) == (asked, ())
    assert not pin


def test_a_token_that_names_no_longest_pin_gets_any() -> None:
    bare = e.TokensSeen(Snapshot((token(OLD, pin_max=0),)), NOW)
    asked, _ = advance(state(Step.REQUEST_PIN, application=DRAFT), bare)
    assert advance(asked, e.PinEntered(Pin(b"123456")))[0].step is Step.REQUESTING


def test_a_draft_saved_after_the_person_went_back_is_not_taken_for_the_new_one() -> None:
    saving, _ = advance(state(Step.FORM), e.FormSubmitted(FORM))
    again, _ = walk(saving, e.BackPressed(), e.AgreementAccepted(), e.FormEdited(replace(FORM, agent_name="王五")))
    assert advance(again, e.ApplicationSaved(DRAFT)) == (again, ())


def test_secrets_of_events_without_a_row_are_wiped() -> None:
    pin, password = Pin(b"123456"), Password(b"hunter22")
    walk(state(Step.FORM), e.PinEntered(pin), e.SignInSubmitted("a", password))
    assert not pin
    assert not password
    second = Password(b"hunter22")
    advance(state(Step.SIGN_IN, busy=Busy.SIGNING_IN), e.SignInSubmitted("a", second))
    assert not second


def test_a_request_that_did_not_reach_the_desk_is_handed_in_again_without_a_pin() -> None:
    now, _ = advance(state(Step.REQUESTING, application=DRAFT), e.RequestMade(REQUEST))
    now, _ = advance(now, failed(Reason.DESK_TIMEOUT, "SubmitRequest"))
    assert (now.step, now.busy) == (Step.REQUESTING, None)
    now, commands = advance(now, e.Retried())
    assert commands == (c.SubmitRequest("B1", REQUEST),)
    assert advance(now, e.Retried())[1] == ()


def test_a_proof_that_did_not_reach_the_desk_is_handed_in_again_without_a_pin() -> None:
    now, _ = advance(state(Step.INSTALLING, application=ISSUED), e.Installed(INSTALLATION))
    now, _ = advance(now, failed(Reason.DESK_UNREACHABLE, "Confirm"))
    assert advance(now, e.Retried())[1] == (c.Confirm("B1", b"proof"),)
    refused, _ = advance(now, failed(Reason.PROOF_REFUSED, "Confirm"))
    assert (refused.step, refused.installation) == (Step.INSTALL_PIN, None)


def test_nobody_leaves_while_the_token_is_written_to() -> None:
    for step in (Step.REQUESTING, Step.INSTALLING):
        working = state(step, application=ISSUED)
        for event in (e.Abandoned(), e.TimedOut(), e.BackPressed()):
            assert advance(working, event) == (working, ())
        assert advance(replace(working, busy=Busy.CONFIRMING), e.Abandoned())[0].step is Step.WAITING


@pytest.mark.parametrize("event", [e.Abandoned(), e.TimedOut()])
@pytest.mark.parametrize("step", [s for s in Step if Trait.TOKEN_WORKS not in s.traits])
def test_leaving_keeps_nothing_of_the_person(step: Step, event: e.Event) -> None:
    now, commands = advance(state(step, application=PAYING, installation=INSTALLATION), event)
    assert now == State(now=NOW, snapshot=SNAPSHOT, service=SERVICE, desk_reachable=True)
    assert commands == (c.SignOut(),)


@pytest.mark.parametrize(
    ("found", "step"),
    [
        (DRAFT, Step.FORM),
        (ENTERED, Step.ORDER),
        (replace(PAYING, attempt=replace(ATTEMPT, expires_in=0)), Step.ORDER),
        (replace(PAYING, attempt=replace(ATTEMPT, state=AttemptState.CLOSED)), Step.ORDER),
        (ISSUING, Step.ISSUING),
        (ISSUED, Step.INSTALL_PIN),
    ],
)
def test_an_application_under_way_is_continued_where_it_stands(found: object, step: Step) -> None:
    fresh = state(Step.CARD, offer=Offer(OFFER.terms, found), agreement=None)  # type: ignore[arg-type]
    now, commands = advance(replace(fresh, form=type(FORM)()), e.RenewalRequested())
    assert (now.step, now.form, now.application) == (step, FORM, found)
    watched = step in (Step.ORDER, Step.ISSUING)
    assert (c.WatchApplication("B1") in commands) is watched
    assert (c.LoadAgreement() in commands) is (step is Step.FORM)


def test_a_draft_whose_agreement_changed_sees_it_again() -> None:
    newer = Document("3.0", "协议", "新", "cc" * 32)
    now, _ = advance(state(Step.FORM, application=DRAFT, agreement=None), e.AgreementLoaded(newer))
    assert now.failure is not None
    assert (now.step, now.agreement, now.failure.reason) == (Step.AGREEMENT, newer, Reason.AGREEMENT_CHANGED)
    same, _ = advance(state(Step.FORM, application=DRAFT, agreement=None), e.AgreementLoaded(AGREEMENT))
    assert (same.step, same.agreement, same.failure) == (Step.FORM, AGREEMENT, None)
    now, commands = advance(state(Step.FORM), failed(Reason.AGREEMENT_CHANGED, "SaveApplication"))
    assert (now.step, now.agreement, commands) == (Step.AGREEMENT, None, (c.LoadAgreement(),))


def test_form_errors_stay_at_the_form_with_every_field_named() -> None:
    typed = replace(FORM, id_number="110105194912310021", agent_email="zhang")
    now, commands = advance(state(Step.FORM), e.FormSubmitted(typed))
    assert (now.step, now.form, commands) == (Step.FORM, typed, ())
    assert now.failure is not None
    assert now.failure.field_errors == (("id_number", "id_check_digit"), ("agent_email", "email_format"))


def test_an_ended_session_asks_for_the_password_and_keeps_the_form() -> None:
    now, _ = advance(state(Step.FORM, busy=Busy.SAVING), failed(Reason.SESSION_ENDED, "SaveApplication"))
    assert (now.step, now.form, now.signed_in) == (Step.SIGN_IN, FORM, False)


@pytest.mark.parametrize("reason", [Reason.NOT_THE_APPLICANT, Reason.FOREIGN_CERTIFICATE, Reason.ALREADY_RENEWED])
def test_refusals_of_the_desk_end_the_visit_with_a_reason(reason: Reason) -> None:
    now, _ = advance(state(Step.CARD, busy=Busy.CHECKING), failed(reason, "AskOffer"))
    assert (now.step, now.failure) == (Step.REFUSED, Failure(reason))
    assert advance(now, EMPTY)[0].step is Step.WAITING


def test_a_failure_that_comes_after_the_person_left_is_dropped() -> None:
    home = State(now=NOW, snapshot=SNAPSHOT)
    assert advance(home, failed(Reason.WRONG_PASSWORD, "SignIn")) == (home, ())


def test_a_failure_of_the_watch_does_not_end_an_operation_of_the_token() -> None:
    working = state(Step.INSTALLING, application=ISSUED)
    assert advance(working, failed(Reason.KIOSK_FAULT, "WatchTokens")) == (working, ())


def test_going_back_step_by_step_loses_nothing() -> None:
    now = state(Step.REQUEST_PIN, application=DRAFT)
    for step in (Step.FORM, Step.AGREEMENT, Step.CARD, Step.NOTICE):
        now, _ = advance(now, e.BackPressed())
        assert (now.step, now.form, now.failure) == (step, FORM, None)
    now = state(Step.METHOD, application=ENTERED)
    for step in (Step.CHANNEL, Step.ORDER, Step.CARD):
        now, _ = advance(now, e.BackPressed())
        assert (now.step, now.invoice) == (step, INVOICE)


def test_side_screens_lead_back() -> None:
    for step in (Step.WAITING, Step.CARD):
        before = state(step) if step is Step.CARD else State(now=NOW, snapshot=SNAPSHOT)
        now, _ = advance(before, e.CertificatesOpened())
        assert now.step is Step.CERTIFICATES
        assert advance(now, e.BackPressed())[0].step is step
    now, commands = advance(state(Step.TOKEN_AWAITED, return_to=Step.FORM), e.SelfCheckOpened())
    assert (now.step, commands) == (Step.SELF_CHECK, (c.RunSelfCheck(SNAPSHOT),))
    assert advance(now, e.BackPressed())[0].step is Step.FORM
