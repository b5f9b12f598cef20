"""A form that was being filled is kept as it is typed and comes back with the offer."""

from dataclasses import replace

import pytest

from tests.harness.journey.walk import failed
from tests.harness.people import FORM, OFFER, OLD, application, state
from tui.core.failure import Failure, Reason
from tui.core.form.fields import ApplicationForm
from tui.core.order import ApplicationStatus
from tui.core.token import Snapshot
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.flow import advance
from tui.journey.state import Busy, Step

HALF = ApplicationForm(agent_name="张三", id_number="1101")


def test_what_is_typed_is_kept_for_the_certificate() -> None:
    now, commands = advance(state(Step.FORM), e.FormEdited(HALF))
    assert (now.form, commands) == (HALF, (c.KeepForm(OLD.der, HALF),))


def test_not_while_it_is_handed_in_nor_without_the_certificate() -> None:
    assert advance(state(Step.FORM, busy=Busy.SAVING), e.FormEdited(HALF))[1] == ()
    assert advance(state(Step.FORM, snapshot=Snapshot()), e.FormEdited(HALF))[1] == ()


def test_it_comes_back_with_the_offer() -> None:
    now, _ = advance(
        state(Step.CARD, form=ApplicationForm(), busy=Busy.CHECKING), e.OfferMade(replace(OFFER, form=HALF))
    )
    assert now.form == HALF


def test_what_was_typed_in_this_visit_stays() -> None:
    now, _ = advance(state(Step.CARD, form=FORM, busy=Busy.CHECKING), e.OfferMade(replace(OFFER, form=HALF)))
    assert now.form == FORM


def test_it_is_newer_than_the_draft_that_is_continued() -> None:
    offer = replace(OFFER, application=application(), form=HALF)
    now, _ = advance(state(Step.CARD, offer=offer, form=HALF), e.RenewalRequested())
    assert (now.step, now.form) == (Step.FORM, HALF)
    now, _ = advance(state(Step.CARD, offer=replace(offer, form=None), form=ApplicationForm()), e.RenewalRequested())
    assert now.form == FORM


def test_an_application_past_its_draft_keeps_its_own() -> None:
    entered = application(ApplicationStatus.ENTERED)
    offer = replace(OFFER, application=entered, form=HALF)
    now, _ = advance(state(Step.CARD, offer=offer, form=HALF), e.RenewalRequested())
    assert now.form == entered.form


def test_a_draft_that_was_changed_elsewhere_is_shown_before_it_is_signed() -> None:
    changed = application(statement='{"fee_fen":1}', form=replace(FORM, term_months=24))
    now, commands = advance(state(Step.REQUESTING, application=application()), e.ApplicationSeen(changed))
    assert (now.step, now.form, now.application, now.token_working) == (Step.FORM, changed.form, changed, False)
    assert now.failure == Failure(Reason.APPLICATION_MOVED_ON)
    assert commands == (c.StopWatching(),)


def test_a_draft_that_was_changed_while_it_was_signed_is_shown_too() -> None:
    changed = application(statement='{"fee_fen":1}', form=replace(FORM, term_months=24))
    handing_in = state(Step.REQUESTING, application=application(), busy=Busy.HANDING_IN)
    asking, commands = advance(handing_in, failed(Reason.APPLICATION_MOVED_ON, "SubmitRequest"))
    assert commands == (c.WatchApplication("B1"),)
    now, commands = advance(asking, e.ApplicationSeen(changed, polled=True))
    assert (now.step, now.form, now.request, commands) == (Step.FORM, changed.form, None, (c.StopWatching(),))
    assert now.failure == Failure(Reason.APPLICATION_MOVED_ON)


def test_a_draft_that_is_as_it_was_disturbs_nothing() -> None:
    working = state(Step.REQUESTING, application=application())
    assert advance(working, e.ApplicationSeen(application(), polled=True)) == (working, ())


@pytest.mark.parametrize(
    ("status", "step"),
    [
        (ApplicationStatus.ENTERED, Step.PAY_NOTICE),
        (ApplicationStatus.ISSUING, Step.ISSUING),
        (ApplicationStatus.ISSUED, Step.INSTALL_PIN),
        (ApplicationStatus.INSTALLED, Step.REFUSED),
        (ApplicationStatus.WITHDRAWN, Step.WITHDRAWN),
        (ApplicationStatus.LAPSED, Step.WITHDRAWN),
        (ApplicationStatus.FAILED, Step.WITHDRAWN),
    ],
)
def test_a_draft_that_was_finished_elsewhere_goes_on_where_it_stands(status: ApplicationStatus, step: Step) -> None:
    now, _ = advance(state(Step.REQUESTING, application=application()), e.ApplicationSeen(application(status)))
    assert (now.step, now.token_working) == (step, False)


def test_nothing_of_it_is_left_for_the_next_person() -> None:
    left, _ = advance(state(Step.FORM, form=HALF, offer=replace(OFFER, form=HALF)), e.TimedOut())
    assert (left.form, left.offer) == (ApplicationForm(), None)
