"""A window that cannot show the code: said before the invoice is asked for, and taken back when the window grows."""

from dataclasses import replace

import pytest

from tests.harness.kiosk.stage import Stage, staged
from tests.harness.people import ATTEMPT, INVOICE, application, state
from tui.core.order import ApplicationStatus, PaymentStatus
from tui.core.payment_method import PaymentMethod
from tui.journey import events as e
from tui.journey.state import State, Step
from tui.kiosk.text import use_language
from tui.kiosk.widgets.code_room import CodeRoom, least_window
from tui.kiosk.widgets.qr import QrCode


def at(step: Step, **changes: object) -> State:
    """The step with an order that is not paid."""
    return state(step, application=application(ApplicationStatus.ENTERED), **changes)


async def resize(stage: Stage, size: tuple[int, int]) -> None:
    """The window becomes another."""
    await stage.pilot.resize_terminal(*size)
    await stage.pilot.pause()


def words(stage: Stage) -> str:
    """The screen's text without its line breaks."""
    return "".join(line.strip() for line in stage.text.splitlines())


@pytest.fixture
def without_half_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A console with a font like Debian's."""
    monkeypatch.setattr(QrCode, "half_blocks", False)


@pytest.mark.parametrize("size", [(60, 20), (73, 24), (80, 21), (40, 12)], ids=str)
async def test_a_small_window_leads_on_to_no_invoice(size: tuple[int, int]) -> None:
    async with staged(at(Step.CHANNEL), size) as stage:
        assert not stage.screen.query_one(CodeRoom).fits
        assert "窗口太小，放不下二维码" in stage.text
        assert await stage.press("enter", "tab", "tab", "enter") in ([], [e.BackPressed()])
        await resize(stage, (74, 22))
        assert "窗口太小" not in stage.text
        assert await stage.press("enter") == [e.OnlineChosen()]


@pytest.mark.usefixtures("without_half_blocks")
async def test_a_console_without_half_blocks_says_all_that_helps() -> None:
    async with staged(at(Step.CHANNEL)) as stage:
        for sentence in (
            "至少111列40行",
            "现在80列24行",
            "没有可用的半块字符（U+2584）",
            "在另一台终端继续付款",
            "申请已保存在续期服务中",
            "本次申请没有扣款",
        ):
            assert sentence in words(stage)
        assert await stage.press("enter") == []
        await stage.press("f10")
        assert "结束本次办理" in stage.text


@pytest.mark.usefixtures("without_half_blocks")
async def test_money_that_moved_is_not_called_untouched() -> None:
    returning = application(ApplicationStatus.ENTERED, payment_status=PaymentStatus.REFUNDING)
    async with staged(state(Step.CHANNEL, application=returning)) as stage:
        assert "正在原路退回" in words(stage)
        assert "没有扣款" not in words(stage)


@pytest.mark.parametrize("size", [(80, 24), (60, 20)], ids=str)
async def test_in_english_nothing_is_cut(size: tuple[int, int], without_half_blocks: None) -> None:
    use_language("en")
    try:
        async with staged(at(Step.CHANNEL), size) as stage:
            shown = " ".join(stage.text.split())
            for sentence in (
                "At least 111 columns x 40 rows. Now: {} x {}.".format(*size),
                "pay at another terminal: the application is kept. Nothing has been charged.",
            ):
                assert sentence in shown
    finally:
        use_language("zh")


async def test_a_window_that_shrank_over_the_invoice_starts_no_payment() -> None:
    async with staged(at(Step.METHOD, invoice=INVOICE)) as stage:
        assert "窗口太小" not in stage.text
        await resize(stage, (60, 20))
        stage.screen.query_one("ActionButton.-main").focus()
        assert await stage.press("enter") == []
        assert "窗口太小，放不下二维码" in stage.text
        await resize(stage, (80, 24))
        assert "窗口太小" not in stage.text
        while stage.screen.query("ActionButton.-active"):  # that was pressed 0.2 s ago and takes no Enter meanwhile
            await stage.pilot.pause()
        assert await stage.press("enter") == [e.PaymentSubmitted(PaymentMethod.ALIPAY, INVOICE)]


async def test_a_window_that_changes_under_a_question_is_noticed() -> None:
    async with staged(at(Step.CHANNEL)) as stage:
        await stage.press("f10")
        await resize(stage, (60, 20))
        await stage.press("escape")
        assert "窗口太小" in stage.text
        assert await stage.press("enter") == []


async def test_where_nobody_knows_the_font_the_person_sees_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QrCode, "doubtful", True)
    async with staged(at(Step.CHANNEL)) as stage:
        assert "方块吗？ ▄▄" in stage.text
        assert "请放大到111列40行" in words(stage)
        await resize(stage, (120, 40))
        assert "▄" not in stage.text
        await resize(stage, (80, 24))
        assert await stage.press("enter") == [e.OnlineChosen()]


@pytest.mark.parametrize("half_blocks", [True, False])
async def test_the_verdict_is_that_of_the_code_itself(half_blocks: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The window is judged before the code is there; the QR screen must come to the same on both sides of each edge."""
    monkeypatch.setattr(QrCode, "half_blocks", half_blocks)
    least = least_window(half_blocks)
    shown = application(ApplicationStatus.ENTERED, attempt=replace(ATTEMPT, qr="https://qr.alipay.com/" + 24 * "a"))
    async with staged(state(Step.QR, application=shown)) as stage:
        for columns in (least.width - 1, least.width, least.width + 30):
            for rows in (least.height - 1, least.height, least.height + 11):
                await resize(stage, (columns, rows))
                drawn = stage.screen.query_one(QrCode).drawing is not None
                assert drawn is (columns >= least.width and rows >= least.height)
