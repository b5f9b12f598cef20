"""Money and time cross the border exactly."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.desk.payments.gateway import Attempt, GatewayMisconfigured, GatewayUnknown, Refund
from tui.desk.platforms.common.units import COMPACT, DASHED, from_beijing, to_beijing, to_fen, to_yuan

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@given(st.integers(min_value=1, max_value=10**10))
def test_fen_come_back_from_yuan(fen: int) -> None:
    assert to_fen(to_yuan(fen)) == fen


@pytest.mark.parametrize(("text", "fen"), [("88.80", 8880), ("88.8", 8880), ("88", 8800), ("0.01", 1), ("0.29", 29)])
def test_yuan_are_read_exactly(text: str, fen: int) -> None:
    assert to_fen(text) == fen


@pytest.mark.parametrize("text", ["", "1.", ".5", "1.005", "-1.00", "+1", "1e3", "１.00", " 1", "NaN"])
def test_what_is_not_yuan_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="yuan"):
        to_fen(text)


def test_platform_time_is_beijing_time() -> None:
    assert to_beijing(NOON, DASHED) == "2026-11-22 12:00:00"
    assert from_beijing("20261122120000", COMPACT) == NOON


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2026112212000", COMPACT),
        ("２０２６1122120000", COMPACT),
        ("00010101000000", COMPACT),
        ("2026-11-22 9:00:00", DASHED),
        ("0001-01-01 00:00:00", DASHED),
    ],
)
def test_what_is_not_exactly_a_time_is_refused(text: str, form: str) -> None:
    with pytest.raises(ValueError, match="time"):
        from_beijing(text, form)


@pytest.mark.parametrize(
    "change",
    [
        {"number": "K-2026"},
        {"number": "K" * 33},
        {"number": "K2026１２３"},
        {"amount_fen": 0},
        {"txn_time": datetime(2026, 11, 22)},  # noqa: DTZ001
        {"expires_at": NOON},
    ],
)
def test_an_attempt_no_platform_could_take_cannot_be_made(change: dict[str, object]) -> None:
    fields: dict[str, object] = {
        "number": "K202611220001",
        "amount_fen": 100,
        "subject": "续期",
        "txn_time": NOON,
        "expires_at": NOON + timedelta(minutes=5),
        "notify_url": "",
    }
    Attempt(**fields)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"number|amount|time|ends"):
        Attempt(**fields | change)  # type: ignore[arg-type]


@pytest.mark.parametrize("change", [{"number": "R-1"}, {"amount_fen": 0}, {"txn_time": datetime(2026, 11, 22)}])  # noqa: DTZ001
def test_a_refund_no_platform_could_take_cannot_be_made(change: dict[str, object]) -> None:
    attempt = Attempt("K202611220001", 100, "续期", NOON, NOON + timedelta(minutes=5), "")
    fields: dict[str, object] = {
        "number": "R202611220001",
        "attempt": attempt,
        "platform_no": "2026",
        "amount_fen": 100,
        "reason": "重复支付",
        "txn_time": NOON,
    }
    Refund(**fields)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"number|refund|time"):
        Refund(**fields | change)  # type: ignore[arg-type]


def test_a_platforms_words_are_made_harmless() -> None:
    unsigned = GatewayMisconfigured("isv.x\ud800", "a\x1b[2J\0b")
    assert (unsigned.code, unsigned.text, str(unsigned)) == ("isv.x", "a[2Jb", "('isv.x', 'a[2Jb')")
    assert str(GatewayUnknown("isv.x\x1b[2J\0b")) == "isv.x[2Jb"
