"""Check characters, as a library that we did not write reckons them."""

from random import Random

import pytest
from stdnum.cn import ric, uscc

from tui.core.form.check_digits import of_citizen_number, of_credit_code

_dice = Random(11643)


def _drawn(alphabet: str) -> list[str]:
    return ["".join(_dice.choices(alphabet, k=17)) for _ in range(500)]


def test_of_a_citizen_number() -> None:
    drawn = _drawn("0123456789")
    assert {of_citizen_number(digits) for digits in drawn} == set("0123456789X")
    assert all(of_citizen_number(digits) == ric.calc_check_digit(f"{digits}0") for digits in drawn)


def test_of_a_credit_code() -> None:
    drawn = _drawn("0123456789ABCDEFGHJKLMNPQRTUWXY")
    assert len({of_credit_code(code) for code in drawn}) == 31
    assert all(of_credit_code(code) == uscc.calc_check_digit(code) for code in drawn)


@pytest.mark.parametrize("known", ["91110000600037341L", "91350100M000100Y43"])
def test_of_codes_that_are_published(known: str) -> None:
    assert of_credit_code(known[:-1]) == known[-1]
