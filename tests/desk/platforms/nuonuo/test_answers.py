"""Answers of the tax platform that no honest platform gives."""

import msgspec
import pytest

from tui.desk.invoices.tax_platform import TaxPlatformDown
from tui.desk.platforms.nuonuo.answers import Answer, Invoice, outcome_of
from tui.desk.platforms.nuonuo.platform import _decode


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff",
        b'{"code":1}',
        b'{"code":"E0000","describe":"\xff"}',
        b'{"code":"E0000","result":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_what_cannot_be_read_decides_nothing(body: bytes) -> None:
    with pytest.raises(TaxPlatformDown, match="cannot be read"):
        _decode(body, Answer)


def test_its_words_steer_no_terminal_and_stop_no_database() -> None:
    assert Answer("E1", "a\x1b[2J\0b").words == "E1 a[2Jb"
    invoice = msgspec.json.decode(b'{"status":"22","failCause":"a\\u001b\\u0000b"}', type=Invoice)
    assert outcome_of(invoice).text == "22 ab"
