"""One person at two kiosks: what the one has handed in is not rewritten by the other's form."""

from dataclasses import replace
from typing import Any

import pytest

from tests.harness.desk.rules import refusal
from tests.harness.desk.town import FORM, Person
from tui.core.failure import Reason
from tui.core.order import ApplicationStatus
from tui.desk.renewals import applications
from tui.desk.renewals.admission import admit


def test_a_form_that_comes_as_another_kiosk_hands_the_draft_in_is_not_kept(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []

    def seen_before(*arguments: Any) -> Any:
        seen.append(admit(*arguments))
        return seen[0]

    draft = person.save()
    monkeypatch.setattr(applications, "admit", seen_before)
    person.save()
    entered = person.submit(draft)
    answer = person.save(replace(FORM, agent_name="李四"))
    assert (answer.status, answer.form) == (ApplicationStatus.ENTERED, entered.form)
    assert person.see(draft.business_no).form == entered.form


def test_a_draft_that_was_revised_after_it_was_signed_has_moved_on(person: Person) -> None:
    """The kiosk then shows it as it now is; nothing is ordered that the holder has not signed."""
    signed = person.save()
    revised = person.save(replace(FORM, agent_name="李四"))
    refused = refusal(Reason.APPLICATION_MOVED_ON, lambda: person.submit(signed))
    assert "revised" in refused.problem["detail"]
    assert person.see(signed.business_no).status is ApplicationStatus.DRAFT
    assert person.submit(revised).status is ApplicationStatus.ENTERED


def test_what_was_signed_for_another_application_is_refused(person: Person) -> None:
    draft = person.save()
    other = replace(draft, statement=draft.statement.replace(draft.business_no, "YW0"))
    refusal(Reason.REQUEST_REFUSED, lambda: person.submit(other))
