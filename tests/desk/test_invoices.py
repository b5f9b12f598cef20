"""Tax arithmetic and the Nuonuo signature."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tui.desk.invoices import InvoiceLine, InvoiceOrder, Seller, tax_within
from tui.desk.nuonuo.requests import sign

VECTOR = json.loads((Path(__file__).parent / "vectors/einvoice_sign.json").read_text("utf-8"))
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
