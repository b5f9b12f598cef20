"""The end of a journey: the receipt, what was left on the token, where the money is."""

from dataclasses import replace

import pytest

from tests.harness.kiosk.stage import staged
from tests.harness.people import INVOICE, OLD, application, certificate, state, token
from tui.core.certificate import Usage
from tui.core.order import ApplicationStatus, PaymentStatus, Refund, RefundCause
from tui.core.token import Installation, KeyLeft, Snapshot
from tui.journey import events as e
from tui.journey.state import Step


async def test_the_receipt_shows_both_certificates() -> None:
    new = certificate("new", days_left=385, serial="aabb01")
    done = application(ApplicationStatus.INSTALLED, payment_status=PaymentStatus.PAID, invoice=INVOICE)
    async with staged(state(Step.DONE, application=done, installation=Installation(OLD, new, b""))) as stage:
        for word in (
            "证书安装完成！",
            "请拔出CA",
            "新证书",
            "原证书",
            "AABB01",
            "RSA-2048",
            "¥ 200.00",
            "1-2个工作日",
        ):
            assert word in stage.text
        assert await stage.press("enter") == [e.BackPressed()]


async def test_the_receipt_says_that_the_encryption_certificate_stays() -> None:
    new = certificate("new", usage=Usage.SIGNING)
    pair = token(new, certificate("enc", usage=Usage.ENCRYPTION))
    done = application(ApplicationStatus.INSTALLED, payment_status=PaymentStatus.PAID, invoice=INVOICE)
    shown = state(Step.DONE, application=done, installation=Installation(OLD, new, b""))
    async with staged(replace(shown, snapshot=Snapshot((pair,)))) as stage:
        for word in ("加密证书和加密密钥保持不变", "¥ 200.00", "1-2个工作日"):
            assert word in stage.text
        await stage.show(replace(shown, snapshot=Snapshot((token(new),))))
        assert "加密证书" not in stage.text


@pytest.mark.parametrize(("left", "words"), [(KeyLeft.SHARED, "同一密钥"), (KeyLeft.UNCERTAIN, "无法确认")])
async def test_the_receipt_says_why_the_old_key_stayed(left: KeyLeft, words: str) -> None:
    done = application(ApplicationStatus.INSTALLED, payment_status=PaymentStatus.PAID)
    shown = state(Step.DONE, application=done, installation=Installation(OLD, certificate("new"), b""), retired=True)
    async with staged(replace(shown, key_left=left)) as stage:
        assert "原密钥没有删除" in stage.text
        assert words in stage.text


async def test_the_end_says_where_the_money_is() -> None:
    ended = application(
        ApplicationStatus.FAILED,
        payment_status=PaymentStatus.REFUNDING,
        refunds=(Refund(20000, done=False, cause=RefundCause.ISSUING_FAILED),),
    )
    async with staged(state(Step.WITHDRAWN, application=ended)) as stage:
        assert stage.text.index("原路退回") < stage.text.index("业务单号")
        assert "办理失败" in stage.text
        assert "正在原路退回" in stage.text
        assert await stage.press("enter") == [e.BackPressed()]
