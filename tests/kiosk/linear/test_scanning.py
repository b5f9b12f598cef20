"""The payment line by line: the link at once, the picture at a wish, every change of the attempt in words."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.harness.people import ATTEMPT, application, state
from tui.core.order import Application, ApplicationStatus, AttemptState, PaymentStatus, Refund, RefundCause
from tui.journey import events as e
from tui.journey.ports import Phone
from tui.journey.state import State, Step
from tui.kiosk.linear.dialogue import Dialogue
from tui.kiosk.linear.dialogues import qr
from tui.kiosk.linear.dialogues.qr import Scanning
from tui.kiosk.ports import Outlets

PAYLOAD = "https://qr.alipay.com/bax70cb37a5db06d410ad1e147c"


@dataclass
class Heard:
    """Keeps what is said and drawn."""

    canvas: tuple[int, int] = (80, 24)
    said: list[str] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)
    phone: Phone | None = None
    outlets: Outlets = ()
    folder: Path | None = None

    @property
    def size(self) -> tuple[int, int]:
        return self.canvas

    def say(self, *sentences: str) -> None:
        self.said += sentences

    def draw(self, *rows: str) -> None:
        self.drawn += rows

    def aside(self, work: Callable[[], str]) -> None:
        self.said.append(work())


def paying(**changes: object) -> Application:
    attempt = replace(ATTEMPT, qr=PAYLOAD, **changes)  # type: ignore[arg-type]
    return application(ApplicationStatus.ENTERED, payment_status=PaymentStatus.PAYING, attempt=attempt)


def begun(heard: Heard, **changes: object) -> Scanning:
    dialogue = Scanning(state(Step.QR, application=paying(**changes)), heard)
    dialogue.begin()
    return dialogue


def listed_of(dialogue: Dialogue) -> tuple[str, ...]:
    """The choices that are asked now."""
    question = dialogue.asked()
    assert question is not None
    return question.choices


def with_attempt(dialogue: Scanning, **changes: object) -> State:
    return replace(dialogue.state, application=paying(**changes))


def test_the_link_comes_at_once_and_the_picture_at_a_wish_with_nothing_below_it() -> None:
    heard = Heard()
    dialogue = begun(heard)
    assert heard.drawn == [PAYLOAD]
    assert dialogue.take(str(listed_of(dialogue).index("显示二维码") + 1)) is None
    assert len(heard.drawn) - 1 <= heard.canvas[1] - 2
    assert not listed_of(dialogue)
    assert not dialogue.waiting()
    assert dialogue.take("") is None
    assert "支付成功" in listed_of(dialogue)
    assert "正在等待付款，还剩" in dialogue.waiting()


def test_the_picture_is_drawn_only_at_a_wish(monkeypatch: pytest.MonkeyPatch) -> None:
    dialogue = begun(Heard())
    monkeypatch.setattr(qr, "picture", pytest.fail)
    assert "显示二维码" in listed_of(dialogue)


@pytest.mark.parametrize("canvas", [(0, 0), (36, 60), (80, 12)])
def test_no_picture_is_offered_where_none_fits(canvas: tuple[int, int]) -> None:
    assert "显示二维码" not in listed_of(begun(Heard(canvas)))


def test_a_scan_is_told_and_ends_the_picture() -> None:
    heard = Heard()
    dialogue = begun(heard)
    dialogue.take("3")
    dialogue.present(with_attempt(dialogue, state=AttemptState.SCANNED))
    assert "已扫码，请在手机上确认" in heard.said
    assert listed_of(dialogue)


def test_a_code_that_is_over_is_told_once_and_a_new_one_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is when the machine slept until then."""
    slept = 0.0
    told = time.clock_gettime
    monkeypatch.setattr(time, "clock_gettime", lambda clock: told(clock) + slept * (clock == time.CLOCK_BOOTTIME))
    heard = Heard()
    dialogue = begun(heard, expires_in=60)
    assert "新二维码" not in listed_of(dialogue)
    slept = 61.0
    dialogue.tick()
    dialogue.tick()
    assert sum("二维码已过期" in words for words in heard.said) == 1
    assert dialogue.take(str(listed_of(dialogue).index("新二维码") + 1)) == e.QrRenewed()
    assert dialogue.take(str(listed_of(dialogue).index("支付成功") + 1)) == e.PaymentClaimed()


def test_money_that_goes_back_is_told_with_whom_to_call() -> None:
    heard = Heard()
    dialogue = begun(heard)
    back = replace(
        paying(state=AttemptState.REFUNDING), refunds=(Refund(20000, done=False, cause=RefundCause.PAID_LATE),)
    )
    dialogue.present(replace(dialogue.state, application=back))
    text = "\n".join(heard.said)
    for words in ("这笔付款没有入账。", "退款¥ 200.00：正在退回", "020-89524338"):
        assert words in text


def test_frozen_money_can_be_neither_paid_again_nor_given_up() -> None:
    dialogue = begun(Heard(), state=AttemptState.FROZEN)
    assert listed_of(dialogue) == ()
    assert dialogue.ends


def test_a_payload_that_is_no_code_is_not_shown() -> None:
    heard = Heard()
    hostile = "\x1b]0;x\x07" + "x" * 600
    dialogue = Scanning(state(Step.QR, application=replace(paying(), attempt=replace(ATTEMPT, qr=hostile))), heard)
    dialogue.begin()
    assert heard.drawn == []
    assert "这个二维码无法显示。" in heard.said
