"""Failures have numbers for people, a page that explains them, and no codes on a screen."""

import re

import pytest

from tests.kiosk.text.failures import PAGE, page
from tui.cli.checks import check_lines
from tui.core.failure import Failure, Money, Place, Reason
from tui.journey.ports import Check
from tui.journey.state import State
from tui.kiosk.crash import last_words
from tui.kiosk.text.wording import WITHOUT_CALL, explain

AREAS = {place: str(area) for area, place in enumerate(Place, 1)}
GIVEN = {
    "no_token": "E-101",
    "wrong_pin": "E-141",
    "certificate_expired": "E-203",
    "not_the_applicant": "E-303",
    "form_invalid": "E-401",
    "proof_refused": "E-505",
    "payment_frozen": "E-604",
    "issuing_failed": "E-701",
    "desk_unreachable": "E-801",
    "kiosk_fault": "E-904",
}
"""Some of those that stand on people's notes already."""


def test_a_number_belongs_to_one_reason_and_tells_its_area() -> None:
    numbers = [reason.number for reason in Reason]
    assert len(set(numbers)) == len(numbers)
    for reason in Reason:
        assert re.fullmatch(rf"E-{AREAS[reason.place]}\d\d", reason.number), reason


def test_a_number_once_given_stays() -> None:
    assert {name: Reason(name).number for name in GIVEN} == GIVEN


def test_the_page_of_failures_is_of_this_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.kiosk.text.failures"


@pytest.mark.parametrize("reason", Reason, ids=lambda reason: reason.value)
def test_a_screen_shows_the_number_and_no_code(reason: Reason) -> None:
    told = explain(Failure(reason, detail="CKR_GENERAL_ERROR"), Money.SAFE)
    shown = "\n".join((told.happened, *told.lines))
    assert (reason.number in shown) is (reason not in WITHOUT_CALL)
    assert reason.value not in shown
    assert "CKR_" not in shown


def test_staff_find_the_code_in_doctor() -> None:
    check = Check("token", False, "S1", Failure(Reason.TOKEN_FAULT, detail="CKR_GENERAL_ERROR"))
    assert "[token_fault CKR_GENERAL_ERROR]" in "\n".join(check_lines((check,)))


def test_the_last_words_of_a_crash_carry_the_number() -> None:
    assert Reason.KIOSK_FAULT.number in last_words(State())
