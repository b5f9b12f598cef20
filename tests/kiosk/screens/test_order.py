"""The order: what is bought and for how much, the way out apart from paying, and what is said once money came."""

from dataclasses import replace

import pytest

from tests.harness.kiosk.stage import staged
from tests.harness.people import application, state
from tui.core.order import Application, ApplicationStatus, PaymentStatus
from tui.journey import events as e
from tui.journey.state import Step
from tui.kiosk.widgets.amount import Amount


def entered(**changes: object) -> Application:
    """An application with its order."""
    return application(ApplicationStatus.ENTERED, **changes)


async def test_the_order_shows_every_label_and_is_paid() -> None:
    async with staged(state(Step.ORDER, application=entered())) as stage:
        words = "业务单号 业务状态 已录入 支付状态 未支付 订单编号 交易类型 消费 交易状态 订单状态 正常 创建时间"
        for word in (*words.split(), "费用名称", "费用单价", "数量", "小计", "总价", "2026年11月23日 12:00"):
            assert word in stage.text
        assert stage.text.count("总价") == 1
        assert await stage.press("enter") == [e.PaymentOpened()]


@pytest.mark.parametrize("size", [(42, 20), (59, 24), (60, 20), (80, 18)])
async def test_the_total_is_read_in_small_windows_too_and_no_more_once_it_is_paid(size: tuple[int, int]) -> None:
    async with staged(state(Step.ORDER, application=entered()), size) as stage:
        assert stage.text.count("总价 ¥ 200.00") == 1
        await stage.show(state(Step.ORDER, application=entered(payment_status=PaymentStatus.PAID)))
        assert "总价" not in stage.text


async def test_the_total_of_several_fees_stands_below_them_too() -> None:
    one = entered()
    assert one.order is not None
    order = replace(one.order, lines=one.order.lines * 2, total_fen=2 * one.order.total_fen)
    async with staged(state(Step.ORDER, application=replace(one, order=order))) as stage:
        assert next(row.split() for row in stage.text.splitlines() if "总价" in row) == ["总价", "¥", "400.00"]
        assert stage.text.count("总价") == 2


async def test_the_way_out_of_the_order_stands_apart_from_paying() -> None:
    async with staged(state(Step.ORDER, application=entered())) as stage:
        pay, withdraw = (stage.screen.query_one(name).region for name in ("ActionButton.-main", "#withdraw"))
        assert withdraw.x - pay.right >= 40
        assert withdraw.right == stage.screen.query_one("#actions").region.right - 2


async def test_a_withdrawal_is_asked_once_more() -> None:
    async with staged(state(Step.ORDER, application=entered())) as stage:
        assert await stage.act("#withdraw") == []
        assert await stage.press("enter") == []
        await stage.screen.run_action("withdraw")
        assert await stage.press("tab", "enter") == [e.WithdrawalConfirmed()]


async def test_a_frozen_order_is_neither_paid_nor_withdrawn() -> None:
    frozen = entered(payment_status=PaymentStatus.FROZEN)
    async with staged(state(Step.ORDER, application=frozen)) as stage:
        assert "人工核对" in stage.text
        assert not stage.screen.query_one("#withdraw").display
        assert len(stage.app.screen_stack) == 2


@pytest.mark.parametrize("status", [PaymentStatus.PAID, PaymentStatus.FROZEN])
async def test_money_that_came_is_not_shown_as_due(status: PaymentStatus) -> None:
    async with staged(state(Step.ORDER, application=entered())) as stage:
        due = stage.screen.query_one(Amount)
        assert str(due.content) == "总价 ¥ 200.00"
        await stage.show(state(Step.ORDER, application=entered(payment_status=status)))
        assert not str(due.content)


async def test_a_frozen_order_says_that_the_money_is_safe_whom_to_call_and_lets_the_person_go() -> None:
    async with staged(state(Step.ORDER, application=entered(payment_status=PaymentStatus.FROZEN))) as stage:
        for words in ("付款不会丢失", "原路退回", "020-89524338", "> 结束办理 <"):
            assert words in stage.text
        for words in ("立即支付", "撤销申请"):
            assert words not in stage.text
        assert await stage.press("enter", "tab", "enter") == [e.Abandoned()]


@pytest.mark.parametrize("status", [PaymentStatus.PAID, PaymentStatus.FROZEN])
async def test_who_has_paid_reads_that_nothing_is_to_be_paid_again_and_what_to_do_now(status: PaymentStatus) -> None:
    async with staged(state(Step.ORDER, application=entered(payment_status=status))) as stage:
        for words in ("请不要重复付款", "拔出CA离开", "插入这个CA并登录，就能找到这笔申请", "B1", "> 结束办理 <"):
            assert words in stage.text
        assert stage.screen.query_one("#body").max_scroll_y == 0
        assert ("等待人工核对" in stage.text) is (status is PaymentStatus.FROZEN)
        await stage.show(state(Step.ORDER, application=entered()))
        assert "核对订单" in stage.text
        assert "请不要重复付款" not in stage.text
