"""Acts without what they need do nothing, and what an answer settles is settled whole."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.harness.journey.walk import (
    BACK_IN,
    DRAFT,
    ENTERED,
    INSTALLATION,
    INSTALLED,
    ISSUED,
    ISSUING,
    PAYING,
    REQUEST,
    failed,
    walk,
)
from tests.harness.people import AGREEMENT, ATTEMPT, FORM, INVOICE, NOW, OFFER, OLD, SERVICE, application, state, token
from tui.core.beijing import SKEW
from tui.core.certificate import PinState
from tui.core.failure import Failure, Reason
from tui.core.order import ApplicationStatus, AttemptState
from tui.core.payment_method import PaymentMethod
from tui.core.secret import Pin
from tui.core.token import Snapshot, TokenStage
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.flow import advance
from tui.journey.ports import Check
from tui.journey.state import Busy, State, Step

CHECKS = (Check("clock", True),)
TIMEOUT = Failure(Reason.DESK_TIMEOUT)
PAY = e.PaymentSubmitted(PaymentMethod.UNIONPAY, INVOICE)


def test_a_desk_that_is_lost_and_back_is_told_as_such() -> None:
    lost, _ = walk(State(), e.DeskLost(TIMEOUT))
    back, _ = walk(lost, e.ServiceSeen(SERVICE))
    assert (lost.desk_reachable, lost.desk_failure) == (False, TIMEOUT)
    assert (back.desk_reachable, back.desk_failure, back.service) == (True, None, SERVICE)


@pytest.mark.parametrize(
    ("desk", "counts"),
    [(NOW + SKEW, NOW), (NOW - SKEW, NOW), (NOW + SKEW + timedelta(seconds=1), NOW + SKEW + timedelta(seconds=1))],
)
def test_a_clock_that_is_harmlessly_off_counts(desk: datetime, counts: datetime) -> None:
    assert walk(State(), BACK_IN, e.ServiceSeen(replace(SERVICE, time=desk)))[0].now == counts


def test_an_offer_that_fails_is_told_at_the_card() -> None:
    now, commands = advance(state(Step.CARD, busy=Busy.CHECKING, offer=None), failed(Reason.DESK_TIMEOUT, "AskOffer"))
    assert (now.step, now.busy, now.failure, commands) == (Step.CARD, None, TIMEOUT, ())


def test_an_application_that_has_moved_on_is_told_and_watched() -> None:
    saving = state(Step.FORM, busy=Busy.SAVING, application=DRAFT)
    now, commands = advance(saving, failed(Reason.APPLICATION_MOVED_ON, "SaveApplication"))
    assert (now.busy, now.failure) == (None, Failure(Reason.APPLICATION_MOVED_ON))
    assert commands == (c.WatchApplication("B1"),)


def test_an_application_that_is_over_is_followed_by_a_new_one() -> None:
    for status in (ApplicationStatus.WITHDRAWN, ApplicationStatus.LAPSED):
        over = state(Step.CARD, offer=replace(OFFER, application=application(status)))
        assert advance(over, e.RenewalRequested())[0].step is Step.AGREEMENT


@pytest.mark.parametrize("lacking", [{"offer": None}, {"agreement": None}, {"chosen": None}, {"busy": Busy.SAVING}])
def test_a_form_is_kept_but_not_sent_before_all_is_there_that_it_needs(lacking: dict[str, object]) -> None:
    typed = replace(FORM, agent_name="王五")
    now, commands = advance(state(Step.FORM, **lacking), e.FormSubmitted(typed))
    assert (now.form, now.busy, commands) == (typed, lacking.get("busy"), ())


def test_what_was_wrong_is_not_told_any_more_while_it_is_sent_again() -> None:
    now, _ = advance(state(Step.FORM, failure=TIMEOUT), e.FormSubmitted(FORM))
    assert (now.busy, now.failure) == (Busy.SAVING, None)
    made = state(Step.REQUESTING, application=DRAFT, request=REQUEST, failure=TIMEOUT)
    again, commands = advance(made, e.Retried())
    assert (again.busy, again.failure, commands) == (Busy.HANDING_IN, None, (c.SubmitRequest("B1", REQUEST),))


def test_nothing_is_handed_in_before_it_is_made() -> None:
    working = state(Step.REQUESTING, application=DRAFT)
    assert advance(working, e.Retried()) == (working, ())


def test_a_draft_that_has_become_an_order_elsewhere_is_followed_there() -> None:
    now, _ = advance(state(Step.FORM, busy=Busy.SAVING, application=DRAFT), e.ApplicationSaved(ENTERED))
    assert (now.step, now.application) == (Step.ORDER, ENTERED)


def test_a_request_that_was_taken_is_not_kept() -> None:
    sent = state(Step.REQUESTING, application=DRAFT, request=REQUEST, busy=Busy.HANDING_IN)
    now, commands = advance(sent, e.ApplicationSeen(ENTERED))
    assert (now.step, now.application, now.request) == (Step.PAY_NOTICE, ENTERED, None)
    assert commands == (c.WatchApplication("B1"),)
    changed = replace(DRAFT, statement='{"another": 1}')
    moved, _ = advance(sent, e.ApplicationSeen(changed))
    assert (moved.step, moved.application, moved.request) == (Step.FORM, changed, None)


def test_a_pad_of_the_token_s_own_takes_a_pin_of_any_length() -> None:
    padded = state(Step.REQUEST_PIN, application=DRAFT, snapshot=Snapshot((token(OLD, pin_pad=True),)))
    assert advance(padded, e.PinEntered(Pin()))[0].step is Step.REQUESTING
    assert advance(state(Step.REQUEST_PIN, application=DRAFT), e.PinEntered(Pin()))[0].failure is not None


@pytest.mark.parametrize(("typed", "taken"), [(3, False), (4, True), (8, True), (9, False)])
def test_a_pin_may_be_just_as_long_as_the_token_says(typed: int, taken: bool) -> None:
    asked = state(Step.REQUEST_PIN, application=DRAFT, snapshot=Snapshot((token(OLD, pin_min=4, pin_max=8),)))
    now, _ = advance(asked, e.PinEntered(pin := Pin(b"1" * typed)))
    assert (now.step is Step.REQUESTING, bool(pin)) == (taken, taken)


def test_the_token_s_stages_are_shown_as_they_come() -> None:
    working = state(Step.REQUESTING, application=DRAFT)
    assert advance(working, e.TokenProgressed(TokenStage.SIGNING))[0].stage is TokenStage.SIGNING


def test_an_agreement_is_accepted_as_it_is_shown() -> None:
    accepted, _ = advance(state(Step.AGREEMENT), e.AgreementAccepted())
    assert (accepted.step, accepted.accepted_agreement) == (Step.FORM, AGREEMENT)
    unseen = state(Step.AGREEMENT, agreement=None)
    assert advance(unseen, e.AgreementAccepted()) == (unseen, ())


def test_the_self_check_runs_once_at_a_time_and_leads_home() -> None:
    checking, commands = advance(State(now=NOW, snapshot=Snapshot()), e.SelfCheckOpened())
    assert (checking.step, checking.busy, commands) == (
        Step.SELF_CHECK,
        Busy.SELF_CHECKING,
        (c.RunSelfCheck(Snapshot()),),
    )
    assert advance(checking, e.Retried()) == (checking, ())
    told, _ = advance(checking, e.SelfChecked(CHECKS))
    assert (told.step, told.checks, told.busy) == (Step.SELF_CHECK, CHECKS, None)
    assert advance(told, e.Retried())[0].checks == ()
    early, commands = advance(State(), e.SelfCheckOpened())
    assert (early.step, early.busy, commands) == (Step.SELF_CHECK, None, ())


def test_who_leaves_a_page_beside_the_first_screen_leaves_nothing_behind() -> None:
    looking = state(Step.CERTIFICATES, return_to=Step.WAITING)
    home, commands = advance(looking, e.BackPressed())
    assert (home.step, home.chosen, home.account, commands) == (Step.WAITING, None, "", (c.SignOut(),))


@pytest.mark.parametrize(
    ("step", "event", "busy", "command"),
    [
        (Step.ORDER, e.WithdrawalConfirmed(), Busy.WITHDRAWING, c.Withdraw("B1")),
        (Step.METHOD, PAY, Busy.ORDERING, c.Pay("B1", PaymentMethod.UNIONPAY, INVOICE)),
        (Step.QR, e.QrRenewed(), Busy.ORDERING, c.Pay("B1", PaymentMethod.UNIONPAY, INVOICE)),
        (Step.QR, e.PaymentClaimed(), Busy.QUERYING, c.QueryPayment("B1")),
        (Step.QR, e.BackPressed(), Busy.ENDING_PAYMENT, c.EndPayment("B1")),
        (Step.INSTALLING, e.Retried(), Busy.CONFIRMING, c.Confirm("B1", b"proof")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_asked_of_the_desk_is_asked_once_and_takes_the_old_failure_away(
    step: Step, event: e.Event, busy: Busy, command: c.Command
) -> None:
    there = state(
        step,
        application=PAYING,
        installation=INSTALLATION,
        method=PaymentMethod.UNIONPAY,
        invoice=INVOICE,
        failure=TIMEOUT,
    )
    now, commands = advance(there, event)
    assert (now.step, now.busy, now.failure, commands) == (step, busy, None, (command,))
    assert advance(now, event) == (now, ())


@pytest.mark.parametrize(
    ("step", "event"), [(Step.ORDER, e.PaymentOpened()), (Step.METHOD, e.BackPressed())], ids=["order", "method"]
)
def test_no_page_is_turned_while_the_desk_is_asked(step: Step, event: e.Event) -> None:
    asking = state(step, application=ENTERED, busy=Busy.ORDERING)
    assert advance(asking, event) == (asking, ())
    assert advance(replace(asking, busy=None), event)[0].step is Step.CHANNEL


def test_what_is_typed_of_the_payment_is_kept_and_judged() -> None:
    wrong = replace(INVOICE, tax_number="1")
    kept, _ = advance(state(Step.METHOD, application=ENTERED), e.InvoiceEdited(PaymentMethod.UNIONPAY, wrong))
    assert (kept.method, kept.invoice) == (PaymentMethod.UNIONPAY, wrong)
    refused, commands = advance(replace(kept, failure=TIMEOUT), e.PaymentSubmitted(PaymentMethod.ALIPAY, wrong))
    assert refused.failure is not None
    assert (refused.method, refused.busy, commands) == (PaymentMethod.ALIPAY, None, ())
    assert [name for name, _ in refused.failure.field_errors] == ["tax_number"]


def test_a_look_before_the_next_poll_takes_the_old_failure_away() -> None:
    now, commands = advance(state(Step.ISSUING, application=ISSUING, failure=TIMEOUT), e.Retried())
    assert (now.step, now.failure, commands) == (Step.ISSUING, None, (c.WatchApplication("B1"),))


def test_only_the_proof_s_own_success_ends_the_installation() -> None:
    proving = state(Step.INSTALLING, application=ISSUED, installation=INSTALLATION, busy=Busy.CONFIRMING)
    assert advance(proving, e.ApplicationSeen(ISSUED)) == (proving, ())
    unmade = replace(proving, installation=None)
    assert advance(unmade, e.ApplicationSeen(INSTALLED)) == (unmade, ())
    now, _ = advance(proving, e.ApplicationSeen(INSTALLED))
    assert (now.step, now.application) == (Step.DONE, INSTALLED)


def test_a_poll_does_not_answer_for_the_payment_that_is_being_opened() -> None:
    opening = state(Step.METHOD, application=ENTERED, busy=Busy.ORDERING)
    polled, _ = advance(opening, e.ApplicationSeen(PAYING, polled=True))
    assert (polled.step, polled.busy) == (Step.METHOD, Busy.ORDERING)
    assert advance(opening, e.ApplicationSeen(PAYING))[0].step is Step.QR


@pytest.mark.parametrize(("shown", "step"), [(AttemptState.QR_SHOWN, Step.REFUSED), (AttemptState.CLOSED, Step.ORDER)])
def test_only_a_code_that_is_shown_must_ask_for_the_order_s_sum(shown: AttemptState, step: Step) -> None:
    other = replace(ENTERED, attempt=replace(ATTEMPT, amount_fen=1, state=shown))
    under_way = state(Step.CARD, offer=replace(OFFER, application=other))
    assert walk(under_way, e.RenewalRequested(), e.ApplicationSeen(other))[0].step is step


def test_a_renewal_that_is_gone_on_with_brings_its_own_form_and_method() -> None:
    found = application(business_no="B2", form=replace(FORM, agent_name="王五"))
    paying = replace(PAYING, attempt=replace(ATTEMPT, method=PaymentMethod.UNIONPAY))
    card = state(Step.CARD, application=DRAFT, offer=replace(OFFER, application=found))
    assert advance(card, e.RenewalRequested())[0].form == found.form
    asked, _ = advance(replace(card, offer=replace(OFFER, application=paying)), e.RenewalRequested())
    assert advance(asked, e.ApplicationSeen(paying))[0].method is PaymentMethod.UNIONPAY


def test_what_is_there_already_is_not_loaded_again() -> None:
    assert advance(state(Step.CARD), e.RenewalRequested()) == (state(Step.AGREEMENT), ())
    empty, commands = advance(state(Step.CARD, agreement=None), e.RenewalRequested())
    assert (empty.step, empty.busy, commands) == (Step.AGREEMENT, Busy.LOADING, (c.LoadAgreement(),))


def test_why_the_desk_is_out_of_reach_outlasts_the_visit_and_ends_with_a_sign_in() -> None:
    away = state(Step.CARD, desk_reachable=False, desk_failure=TIMEOUT)
    home, _ = advance(away, e.Abandoned())
    assert (home.desk_reachable, home.desk_failure) == (False, TIMEOUT)
    signed, _ = advance(replace(away, step=Step.SIGN_IN, busy=Busy.SIGNING_IN), e.SignedIn())
    assert signed.desk_reachable is True


@pytest.mark.parametrize(("step", "told"), [(Step.FORM, TIMEOUT), (Step.CARD, None)])
def test_an_offer_takes_away_the_card_s_failure_and_not_the_form_s(step: Step, told: Failure | None) -> None:
    assert advance(state(step, failure=TIMEOUT), e.OfferMade(OFFER))[0].failure == told


def test_a_locked_token_is_sold_nothing_where_an_earlier_application_is_over() -> None:
    locked = state(Step.CARD, snapshot=Snapshot((token(OLD, pin_state=PinState.LOCKED),)))
    over = application(ApplicationStatus.WITHDRAWN)
    assert advance(locked, e.OfferMade(replace(OFFER, application=over)))[0].step is Step.REFUSED
    assert advance(locked, e.OfferMade(replace(OFFER, application=ISSUED)))[0].step is Step.CARD


def test_a_notice_is_accepted_once_it_is_shown() -> None:
    unseen = state(Step.NOTICE, notice=None)
    assert advance(unseen, e.NoticeAccepted()) == (unseen, ())


def test_a_code_that_may_be_paid_is_asked_about_without_the_old_failure() -> None:
    card = state(Step.CARD, offer=replace(OFFER, application=PAYING), failure=TIMEOUT)
    now, commands = advance(card, e.RenewalRequested())
    assert (now.step, now.busy, now.failure, commands) == (Step.CARD, Busy.QUERYING, None, (c.QueryPayment("B1"),))
