"""What a new CA password may be, before the token sees it."""

import pytest

from tests.harness.people import token
from tui.core.pin_rules import PinFlaw, PinRule, pin_rule
from tui.core.secret import Pin

RULE = PinRule(6, 8)


@pytest.mark.parametrize(
    ("typed", "flaw"),
    [
        (b"27182", PinFlaw.TOO_SHORT),
        (b"271828", None),
        (b"27182818", None),
        (b"271828182", PinFlaw.TOO_LONG),
        (b"2718 28", PinFlaw.UNTYPABLE),
        (b"27182\x7f", PinFlaw.UNTYPABLE),
        (b"!7182~", None),
        (b"111111", PinFlaw.ONE_CHARACTER),
        (b"123456", PinFlaw.SEQUENCE),
        (b"654321", PinFlaw.SEQUENCE),
        (b"abcdef", PinFlaw.SEQUENCE),
        (b"135791", None),
        (b"123457", None),
    ],
)
def test_a_new_pin_is_as_long_as_it_must_be_and_no_run(typed: bytes, flaw: PinFlaw | None) -> None:
    assert RULE.flaw(Pin(typed)) is flaw
    assert RULE.flaw(Pin(typed), Pin(typed)) is (flaw or PinFlaw.UNCHANGED)
    assert RULE.flaw(Pin(typed), Pin(b"314159")) is flaw


@pytest.mark.parametrize(
    ("least", "most", "rule"),
    [
        (4, 32, PinRule(6, 32)),
        (8, 8, PinRule(8, 8)),
        (4, 4, PinRule(4, 4)),
        (0, 0, PinRule(6, 0)),
        (0, 1, PinRule(1, 1)),
    ],
)
def test_six_characters_where_the_token_takes_so_many(least: int, most: int, rule: PinRule) -> None:
    assert pin_rule(token(pin_min=least, pin_max=most)) == rule
    assert PinRule(1, 0).flaw(Pin(b"2718" * 20)) is None
