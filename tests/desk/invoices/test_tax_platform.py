"""Tax arithmetic and the Nuonuo signature."""

from decimal import Decimal
from typing import Any

import pytest

from tests.harness.vectors import load
from tui.desk.invoices.tax_platform import InvoiceLine, InvoiceOrder, InvoiceState, RedOrder, Seller, tax_within
from tui.desk.platforms.nuonuo.answers import Invoice, outcome_of
from tui.desk.platforms.nuonuo.requests import sign

VECTOR = load("einvoice_sign")
SELLER = Seller("91440300100012316L")


def order(*lines: InvoiceLine, total_fen: int, number: str = "R1") -> InvoiceOrder:
    return InvoiceOrder(number, SELLER, "某某公司", "91110000802100433B", "13800000000", "a@b.cn", lines, total_fen)


def line(fen: int, quantity: int = 1) -> InvoiceLine:
    return InvoiceLine("数字证书服务费", quantity, fen, "3040601000000000000")


def test_signature_is_the_vectors() -> None:
    given = VECTOR["inputs"]
    signature = sign(
        given["secret"].encode(),
        VECTOR["exact_body"].encode(),
        app_key=given["app_key"],
        senid=given["senid"],
        nonce=given["nonce"],
        timestamp=given["timestamp"],
    )
    assert signature == VECTOR["sign"]


@pytest.mark.parametrize(
    ("total", "rate", "tax"),
    [
        (8880, "0.06", 503),
        (20000, "0.06", 1132),
        (1, "0.06", 0),
        (106, "0.06", 6),
        (226, "0.13", 26),
        (3, "1", 2),  # exactly one and a half fen: up
        (10**15 + 1, "0.06", 56603773584906),
        (20000, "0", 0),
    ],
)
def test_tax_is_exact_to_the_fen(total: int, rate: str, tax: int) -> None:
    assert tax_within(total, Decimal(rate)) == tax


def test_each_line_is_rounded_on_its_own() -> None:
    assert order(line(9), line(9), total_fen=18).tax_fen == 2
    assert order(line(9, 2), total_fen=18).tax_fen == 1


@pytest.mark.parametrize(
    ("lines", "total", "number"), [((line(100),), 99, "R1"), ((), 0, "R1"), ((line(100),), 100, "R" * 65)]
)
def test_an_order_that_does_not_add_up_is_refused(lines: tuple[InvoiceLine, ...], total: int, number: str) -> None:
    with pytest.raises(ValueError, match=r"number|add up"):
        order(*lines, total_fen=total, number=number)


def test_an_order_hides_personal_data_in_its_repr() -> None:
    shown = repr(order(line(100), total_fen=100))
    assert not any(secret in shown for secret in ("某某公司", "13800000000", "a@b.cn", "91110000802100433B"))


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, InvoiceState.ISSUED),
        ({"status": 2}, InvoiceState.ISSUED),
        ({"all_electronic_invoice_number": "2644200000000000001"}, InvoiceState.UNKNOWN),
        ({"all_electronic_invoice_number": "２６４４２０００００００００００００００1"}, InvoiceState.UNKNOWN),
        ({"all_electronic_invoice_number": None}, InvoiceState.UNKNOWN),
        ({"status": ""}, InvoiceState.UNKNOWN),
    ],
)
def test_only_a_number_of_20_digits_is_an_invoice(change: dict[str, Any], state: InvoiceState) -> None:
    entry = {"status": "2", "all_electronic_invoice_number": "26442000000000000001"} | change
    assert outcome_of(Invoice(**entry)).state is state


@pytest.mark.parametrize(
    ("time", "amount", "expected"),
    [
        (1790324095000, "200.00", (1790324095, 20000)),
        ("1790324095000", 200.5, (1790324095, 20050)),
        (None, None, (None, None)),
        ("soon", "-200.00", (None, None)),
    ],
)
def test_time_and_amount_come_as_number_or_text(
    time: Any, amount: Any, expected: tuple[int | None, int | None]
) -> None:
    told = Invoice("2", all_electronic_invoice_number="26442000000000000001", invoice_time=time, order_amount=amount)
    outcome = outcome_of(told)
    assert (outcome.issued_at and int(outcome.issued_at.timestamp()), outcome.total_fen) == expected


def test_a_red_order_names_a_whole_number() -> None:
    for request_no, number in (("R" * 33, "2" * 20), ("", "2" * 20), ("R", "2" * 19)):
        with pytest.raises(ValueError, match=r"32|20"):
            RedOrder(request_no, number, SELLER, "某某公司", "")


def test_lines_whose_taxes_stray_from_the_totals_are_refused() -> None:
    with pytest.raises(ValueError, match="taxes"):
        order(*[line(9)] * 6, total_fen=54)
