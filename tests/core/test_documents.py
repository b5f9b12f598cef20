"""Edges of what people type: days of birth, the longest address."""

from dataclasses import replace
from datetime import date

import pytest
from stdnum.cn import ric

from tests.harness.people import FORM
from tui.core.application import check
from tui.core.form.documents import check_id
from tui.core.form.kinds import FieldError, IdType

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("born", "is_right"),
    [
        ("19900610", True),
        ("19900430", True),
        ("19900431", False),
        ("19900631", False),
        ("20000229", True),
        ("19000229", False),
        ("20250229", False),
        ("19901310", False),
        ("20261123", True),
        ("20261124", False),
        ("18960101", True),
        ("18951231", False),
    ],
)
def test_a_day_of_birth_is_one_of_the_calendar_and_of_somebody_alive(born: str, is_right: bool) -> None:
    bare = f"110105{born}002"
    number = bare + ric.calc_check_digit(f"{bare}0")
    assert check_id(IdType.RESIDENT_ID, number, TODAY) == (None if is_right else FieldError.ID_DATE)


def test_the_longest_address_is_taken() -> None:
    assert check(replace(FORM, recipient_address="广" * 100)) == ()
    assert dict(check(replace(FORM, recipient_address="广" * 101))) == {"recipient_address": FieldError.TOO_LONG}
