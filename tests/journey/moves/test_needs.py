"""Acts without what they need do nothing, and what an answer settles is settled whole."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.harness.journey.walk import BACK_IN, DRAFT, ENTERED, REQUEST, failed, walk
from tests.harness.people import FORM, NOW, OFFER, OLD, SERVICE, application, state, token
from tui.core.beijing import SKEW
from tui.core.failure import Failure, Reason
from tui.core.order import ApplicationStatus
from tui.core.secret import Pin
from tui.core.token import Snapshot
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.flow import advance
from tui.journey.state import Busy, State, Step

TIMEOUT = Failure(Reason.DESK_TIMEOUT)


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


def test_the_self_check_runs_once_at_a_time_and_leads_home() -> None:
    checking, commands = advance(State(now=NOW, snapshot=Snapshot()), e.SelfCheckOpened())
    assert (checking.step, checking.busy, commands) == (
        Step.SELF_CHECK,
        Busy.SELF_CHECKING,
        (c.RunSelfCheck(Snapshot()),),
    )
    assert advance(checking, e.Retried()) == (checking, ())
    early, commands = advance(State(), e.SelfCheckOpened())
    assert (early.step, early.busy, commands) == (Step.SELF_CHECK, None, ())


def test_who_leaves_a_page_beside_the_first_screen_leaves_nothing_behind() -> None:
    looking = state(Step.CERTIFICATES, return_to=Step.WAITING)
    home, commands = advance(looking, e.BackPressed())
    assert (home.step, home.chosen, home.account, commands) == (Step.WAITING, None, "", (c.SignOut(),))
