"""Every code of the core has words, and the words can be drawn on any terminal."""

import unicodedata
from datetime import UTC, datetime
from enum import Enum

import pytest

from tui.core.failure import Failure, Money, Reason
from tui.core.form.kinds import FieldError
from tui.core.order import ServiceStatus
from tui.kiosk.text.dates import clock, day, moment
from tui.kiosk.text.labels import LABELS, label
from tui.kiosk.text.reasons import REASONS
from tui.kiosk.text.wording import HOTLINE, call, explain, field_message, locked_words
from tui.kiosk.widgets.step_indicator import STAGE_WORDS

MEMBERS = [member for kind in LABELS for member in kind]
SENTENCES = [*STAGE_WORDS, *(s for words in REASONS.values() for s in words), *(label(member) for member in MEMBERS)]


@pytest.mark.parametrize("reason", Reason, ids=lambda reason: reason.value)
def test_every_reason_says_what_happened_and_what_to_do(reason: Reason) -> None:
    words = explain(Failure(reason), Money.NOT_TOUCHED)
    assert words.happened.endswith("。")
    assert words.advice.endswith("。")
    assert "{" not in words.happened + words.advice


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: f"{type(member).__name__}.{member.name}")
def test_every_member_has_a_label(member: Enum) -> None:
    assert label(member) or member.name == "UNKNOWN"


def test_no_glyph_is_of_ambiguous_width_or_an_emoji() -> None:
    glyphs = {character: sentence for sentence in SENTENCES for character in sentence}
    assert {c: glyphs[c] for c in glyphs if unicodedata.east_asian_width(c) == "A" or ord(c) > 0xFFFF} == {}


@pytest.mark.parametrize(
    ("hotline", "qq", "told"),
    [
        ("400-1", "2", "客服热线：400-1，QQ：2"),
        ("400-1", "", "客服热线：400-1"),
        ("", "2", "客服QQ：2"),
        ("", "", "客服热线：020-89524338，QQ：4008301330"),
    ],
)
def test_whom_to_call_is_what_the_desk_has_told_and_no_empty_number(hotline: str, qq: str, told: str) -> None:
    assert call(ServiceStatus("1.0.0", datetime(2026, 11, 23, tzinfo=UTC), hotline, qq, "")) == told


@pytest.mark.parametrize("error", FieldError)
def test_a_field_error_is_understood_by_its_code(error: FieldError) -> None:
    assert field_message(error.value) == label(error)


def test_an_unknown_field_code_asks_to_check() -> None:
    assert field_message("from_a_newer_desk") == "请核对这一项"


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (Failure(Reason.WRONG_PIN, tries_left=3), "还可尝试3次"),
        (Failure(Reason.WRONG_PIN, final_try=True), "只剩最后一次机会"),
        (Failure(Reason.WRONG_PIN), "CA密码不正确。"),
    ],
)
def test_a_wrong_pin_tells_the_tries_left(failure: Failure, said: str) -> None:
    assert said in explain(failure, Money.NOT_TOUCHED).happened


@pytest.mark.parametrize(("seconds", "said"), [(30, "请等待30秒"), (900, "请等待约15分钟")])
def test_a_lock_says_how_long(seconds: int, said: str) -> None:
    assert said in explain(Failure(Reason.ACCOUNT_LOCKED, retry_after=seconds), Money.NOT_TOUCHED).advice


def test_money_is_spoken_of_where_people_worry() -> None:
    assert "没有扣款" in explain(Failure(Reason.DRIVER_HUNG), Money.NOT_TOUCHED).money
    assert explain(Failure(Reason.WRONG_PASSWORD), Money.NOT_TOUCHED).money == ""
    assert "不会重复收费" in explain(Failure(Reason.WRONG_PASSWORD), Money.SAFE).money


def test_a_locked_pin_says_what_becomes_of_a_paid_order() -> None:
    assert "款项" not in locked_words(Money.NOT_TOUCHED)
    for words in ("已付的款项保留在这笔申请中", "任何一台终端继续", "退款"):
        assert words in locked_words(Money.SAFE)


def test_the_desks_own_window_and_numbers_are_used() -> None:
    service = ServiceStatus("1.0.0", datetime(2026, 11, 23, tzinfo=UTC), "400-1", "99", "CA", window_days=60)
    words = explain(Failure(Reason.TOO_EARLY, detail="x\x1b[31m"), Money.NOT_TOUCHED, service)
    assert "60天" in words.advice
    assert "400-1" in words.call
    assert "\x1b" not in words.call
    assert HOTLINE in explain(Failure(Reason.TOO_EARLY), Money.NOT_TOUCHED).call


def test_times_are_beijing_times() -> None:
    at = datetime(2026, 11, 23, 18, 5, tzinfo=UTC)
    assert moment(at) == "2026年11月24日 02:05"
    assert day(at) == "2026年11月24日"
    assert moment(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)) == "9999年12月31日 23:59"
    assert clock(at) == "11月24日 02:05"
