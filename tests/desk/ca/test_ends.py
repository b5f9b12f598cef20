"""A term that would end after the CA's own certificate is not sold, and the desk says which fall away."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
import pytest

from tests.harness.desk.authorities import ends_on, restart
from tests.harness.desk.rules import refusal
from tests.harness.desk.town import FORM, Person, Refusal, Town, b64, shown
from tui.core.beijing import beijing
from tui.core.failure import Reason
from tui.core.order import ApplicationStatus, Offer
from tui.desk.renewals.pricing import later
from tui.desk.serve import _tell_endings

TWO_YEARS = replace(FORM, term_months=24)


def offered(person: Person) -> list[int]:
    answer = person.call("POST", "/offers", {"certificate": b64(person.certificate)})
    return [term.months for term in msgspec.convert(answer, Offer, builtin_types=(), strict=False).terms]


def end_of(town: Town, months: int) -> datetime:
    """Of a certificate that is renewed for so long."""
    return later((town.clock.now + timedelta(days=20)).replace(microsecond=0), months)


@pytest.mark.parametrize(("seconds", "months"), [(0, [12, 24]), (-1, [12])])
def test_a_term_is_offered_up_to_the_last_second_of_the_ca(town: Town, seconds: int, months: list[int]) -> None:
    person = town.person()
    ends_on(town, end_of(town, 24) + timedelta(seconds=seconds), person)
    assert offered(person) == months


def test_a_term_that_is_not_offered_is_not_taken_either(town: Town) -> None:
    person = town.person()
    ends_on(town, end_of(town, 24) - timedelta(seconds=1), person)
    refused = refusal(Reason.FORM_INVALID, lambda: person.save(TWO_YEARS, 36000))
    assert refused.problem["field_errors"] == [["term_months", "term_unknown"]]
    assert town.issued(person).certificate


def test_without_any_term_nothing_is_filled_in_or_paid(town: Town) -> None:
    person = town.person()
    ends_on(town, end_of(town, 12) - timedelta(seconds=1), person)
    refusal(Reason.NO_TERM_LEFT, lambda: offered(person))
    refusal(Reason.NO_TERM_LEFT, person.save)


def test_a_draft_whose_term_has_fallen_away_makes_no_order(town: Town) -> None:
    person = town.person()
    draft = person.save(TWO_YEARS, 36000)
    ends_on(town, end_of(town, 24) - timedelta(seconds=1), person)
    refusal(Reason.TERM_TOO_LONG, lambda: person.submit(draft))
    assert person.see(draft.business_no).status is ApplicationStatus.DRAFT
    assert person.submit(person.save()).order is not None


def test_an_order_whose_term_has_fallen_away_is_not_paid_and_can_be_withdrawn(town: Town) -> None:
    person = town.person()
    number = person.submit(person.save(TWO_YEARS, 36000)).business_no
    ends_on(town, end_of(town, 24) - timedelta(seconds=1), person)
    refusal(Reason.TERM_TOO_LONG, lambda: person.pay(number))
    assert town.alipay.asked == []
    withdrawn = person.ask("POST", f"/applications/{number}/withdrawal")
    assert withdrawn.status is ApplicationStatus.WITHDRAWN
    again = replace(person, new_key=town.person().new_key)
    assert shown(again.pay(again.entered().business_no))


def test_an_application_under_way_is_still_found(town: Town) -> None:
    person = town.person()
    number = town.paid(person).business_no
    ends_on(town, end_of(town, 12) - timedelta(seconds=1), person)
    answer = person.call("POST", "/offers", {"certificate": b64(person.certificate)})
    assert answer["application"]["business_no"] == number


def test_the_desk_says_at_its_start_which_terms_fall_away(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    ends_on(town, end_of(town, 24))
    with caplog.at_level(logging.WARNING, "tui.desk.serve"):
        _tell_endings(town.desk)
    told = caplog.messages[0]
    last = town.clock.now + timedelta(days=20)
    assert "24 months" in told
    assert f"end after {beijing(last):%F}" in told
    assert f"from {beijing(last - timedelta(days=90)):%F} on" in told


def test_the_days_it_says_are_beijings(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    ends_on(town, end_of(town, 24).replace(hour=20, minute=0, second=0))
    _tell_endings(town.desk)
    ends = beijing(town.desk.ca.not_after)
    assert ends.date() > town.desk.ca.not_after.date()
    assert f"the CA's certificate, or one above it, ends on {ends:%F} (Beijing time" in caplog.messages[0]


def test_of_a_ca_that_lasts_nothing_is_said(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    _tell_endings(town.desk)
    assert caplog.messages == []


def test_a_shorter_chain_counts_like_the_ca_itself(town: Town) -> None:
    person = town.person()
    whole = (town.folder / "ca.pem").read_bytes()
    ends_on(town, end_of(town, 24) - timedelta(seconds=1))
    (town.folder / "ca.pem").write_bytes(whole + (town.folder / "ca.pem").read_bytes())
    restart(town, person)
    assert offered(person) == [12]
    with pytest.raises(Refusal):
        person.save(TWO_YEARS, 36000)
