"""What a desk offers, and in which order people see it."""

from dataclasses import replace

import pytest

from tests.harness.people import SERVICE
from tui.core.payment_method import MANUAL, PaymentMethod


@pytest.mark.parametrize(
    ("told", "offered"),
    [
        (("alipay",), (PaymentMethod.ALIPAY,)),
        (("alipay", "of_tomorrow", "unionpay"), MANUAL),
        (("of_tomorrow",), MANUAL),
        ((), MANUAL),
    ],
)
def test_known_ones_in_the_screens_order(told: tuple[str, ...], offered: tuple[PaymentMethod, ...]) -> None:
    assert replace(SERVICE, payment_methods=told).offered == offered
    assert SERVICE.offered == MANUAL, "a desk that does not tell"


@pytest.mark.parametrize("method", PaymentMethod)
def test_the_code_alone_finds_a_method_and_people_have_names_for_it(method: PaymentMethod) -> None:
    assert PaymentMethod(method.value) is method
    assert all((*method.label, *method.wallet))
    assert all(name.en.isascii() for name in (method.label, method.wallet))
