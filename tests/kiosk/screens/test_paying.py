"""From the payment notice to the receipt: what is shown, which keys post which events."""

from dataclasses import replace

import pytest
from textual.widgets import Static

from tests.harness.kiosk.stage import staged
from tests.harness.people import ATTEMPT, INVOICE, SERVICE, application, state
from tui.core.failure import Failure, Reason
from tui.core.form.fields import InvoiceForm
from tui.core.form.kinds import Buyer
from tui.core.order import Application, ApplicationStatus, AttemptState, PaymentStatus
from tui.core.payment_method import PaymentMethod
from tui.journey import events as e
from tui.journey.state import Busy, State, Step
from tui.kiosk.text import use_language
from tui.kiosk.widgets.countdown import Countdown
from tui.kiosk.widgets.field import TextField
from tui.kiosk.widgets.qr import QrCode
from tui.sandbox.wallet import WalletRefused

HOSTILE = "[@click=app.quit]bad[/] \x1b[31m[/"


def entered(**changes: object) -> Application:
    """An application with its order."""
    return application(ApplicationStatus.ENTERED, **changes)


def paying(**changes: object) -> State:
    """The QR step with one attempt."""
    return state(Step.QR, application=entered(attempt=replace(ATTEMPT, **changes)))  # type: ignore[arg-type]


async def test_the_notice_is_confirmed() -> None:
    async with staged(state(Step.PAY_NOTICE, application=entered())) as stage:
        assert "付款提示" in stage.text
        assert "¥ 200.00" in stage.text
        assert await stage.press("enter") == [e.PayNoticeConfirmed()]


async def test_while_the_certificate_is_issued_no_act_is_pressed_by_mistake() -> None:
    async with staged(state(Step.ISSUING, application=entered(payment_status=PaymentStatus.PAID))) as stage:
        assert await stage.press("enter") == []
        assert len(stage.app.screen_stack) == 2


@pytest.mark.parametrize("status", [PaymentStatus.FROZEN, PaymentStatus.REFUNDING])
async def test_nothing_says_paid_of_money_that_is_not_there(status: PaymentStatus) -> None:
    async with staged(state(Step.ISSUING, application=entered(payment_status=status))) as stage:
        assert "正在签发证书" in stage.text
        assert "支付成功" not in stage.text
        assert not stage.screen.query_one("#tick").display


async def test_foreign_text_is_never_markup() -> None:
    async with staged(state(Step.ORDER, application=entered(business_no=HOSTILE))) as stage:
        assert "[@click=app.quit]bad[/]" in stage.text
        await stage.show(state(Step.QR, application=entered(attempt=replace(ATTEMPT, payee=HOSTILE))))
        assert "[@click=app.quit]" in stage.text


async def test_online_payment_is_chosen() -> None:
    async with staged(state(Step.CHANNEL, application=entered())) as stage:
        assert "(*) 在线支付" in stage.text
        assert await stage.press("enter") == [e.OnlineChosen()]


async def test_method_and_invoice_are_kept_and_submitted() -> None:
    async with staged(state(Step.METHOD, application=entered(), invoice=InvoiceForm())) as stage:
        assert "一旦发票已开具" in stage.text
        await stage.press("enter", "enter", *"91440300100012316L", "enter", *"ABC")
        posted = await stage.press("f3")
        assert posted == [
            e.InvoiceEdited(PaymentMethod.ALIPAY, InvoiceForm("91440300100012316L", "ABC")),
            e.BackPressed(),
        ]


async def test_the_desks_other_methods_stand_behind_the_manuals_two() -> None:
    service = replace(SERVICE, payment_methods=("alipay", "unionpay", "wechat"))
    async with staged(state(Step.METHOD, application=entered(), service=service)) as stage:
        assert "银联在线支付 (*) 支付宝 ( ) 微信支付" in " ".join(stage.text.split())
        await stage.press("right")
        assert (await stage.press("f3"))[0] == e.InvoiceEdited(PaymentMethod.WECHAT, INVOICE)
    async with staged(state(Step.CHANNEL, application=entered(), service=service)) as stage:
        assert "用手机扫码付款：银联手机应用、支付宝、微信。" in stage.text
    async with staged(paying(method=PaymentMethod.WECHAT, qr="weixin://wxpay/bizpayurl?pr=p4lpSuKzz")) as stage:
        assert "请用微信扫码付款" in stage.text
        assert stage.screen.query_one(QrCode).drawing


async def test_a_method_that_the_desk_has_not_is_not_chosen() -> None:
    service = replace(SERVICE, payment_methods=("unionpay",))
    async with staged(state(Step.METHOD, application=entered(), service=service)) as stage:
        assert "支付宝" not in stage.text
        assert await stage.press(*["tab"] * 4, "enter") == [e.PaymentSubmitted(PaymentMethod.UNIONPAY, INVOICE)]


async def test_a_person_is_not_asked_for_a_tax_number() -> None:
    async with staged(state(Step.METHOD, application=entered(), invoice=InvoiceForm("914", ""))) as stage:
        assert "纳税人识别号" in stage.text
        await stage.press("enter", "right")
        assert "< 个人 >" in " ".join(stage.text.split())
        assert "纳税人识别号" not in stage.text
        await stage.press("tab", *"ZHANG")
        assert (await stage.press("f3"))[0] == e.InvoiceEdited(
            PaymentMethod.ALIPAY, InvoiceForm("914", "ZHANG", Buyer.PERSON)
        )
        await stage.show(state(Step.CHANNEL, application=entered()))
        await stage.show(state(Step.METHOD, application=entered(), invoice=InvoiceForm("", "", Buyer.PERSON)))
        assert "纳税人识别号" not in stage.text
        await stage.press("enter", "enter")
        assert stage.screen.focused is stage.screen.query_one("#field-title", TextField).entry


async def test_method_and_invoice_fit_80x24() -> None:
    async with staged(state(Step.METHOD, application=entered())) as stage:
        words = "业务费用 银联在线支付 支付宝 购买方 企业 纳税人识别号 发票抬头 一旦发票已开具 提交"
        for word in words.split():
            assert word in stage.text


async def test_wrong_invoice_fields_speak_for_themselves() -> None:
    refused = Failure(Reason.FORM_INVALID, field_errors=(("tax_number", "tax_number_format"), ("title", "required")))
    typed = InvoiceForm("914", "")
    async with staged(state(Step.METHOD, application=entered(), invoice=typed)) as stage:
        await stage.show(state(Step.METHOD, application=entered(), invoice=typed, failure=refused))
        assert "税号应为15、18或20位" in stage.text
        assert stage.screen.focused is stage.screen.query_one("#field-tax-number", TextField).entry


async def test_a_submission_that_failed_is_submitted_again_not_left() -> None:
    typed = state(Step.METHOD, application=entered())
    async with staged(typed) as stage:
        assert len(await stage.press("tab", "tab", "tab", "tab", "enter")) == 1
        await stage.show(replace(typed, busy=Busy.ORDERING))
        assert await stage.press("enter") == []
        while stage.screen.query("ActionButton.-active"):  # that was pressed 0.2 s ago and takes no Enter meanwhile
            await stage.pilot.pause(0.05)
        await stage.show(replace(typed, failure=Failure(Reason.PAYMENT_PLATFORM_DOWN)))
        assert [type(event) for event in await stage.press("enter")] == [e.PaymentSubmitted]


async def test_the_qr_screen_at_80x24_shows_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Countdown, "clock", staticmethod(lambda: 0.0))
    async with staged(paying(payee="网证通")) as stage:
        for word in ("支付宝", "¥ 200.00", "B1", "D1", "网证通", "02:00", "等待扫码", "支付成功", "更换支付方式"):
            assert word in stage.text
        assert stage.screen.query_one(QrCode).drawing
        assert await stage.act("#claim") == [e.PaymentClaimed()]
        assert await stage.press("f3") == [e.BackPressed()]
        assert await stage.press("f12", "f6") == []


async def test_while_a_code_is_scanned_no_button_is_lit_as_if_it_were_paid() -> None:
    async with staged(paying()) as stage:
        assert "> 支付成功 <" not in stage.text
        assert await stage.press("enter") == []
        assert await stage.press("tab", "enter") == [e.PaymentClaimed()]
        await stage.show(paying(expires_in=0))
        assert "> 新二维码 <" in stage.text


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_codes_buttons_stand_clear_of_the_keys(size: tuple[int, int]) -> None:
    async with staged(paying(), size) as stage:
        acts, keys = stage.screen.query_one("#acts").region, stage.screen.query_one("KeyLine").region
        assert acts.bottom < keys.y


async def test_money_that_is_checked_by_a_person_is_said_to_be_safe_and_whom_to_call() -> None:
    async with staged(paying(state=AttemptState.FROZEN)) as stage:
        told = "请不要重复付款", "这笔支付需要人工核对", "不会丢失", "入账", "原路退回", "拔出CA离开", "找到这笔申请"
        for words in (*told, "020-89524338", "> 结束办理 <"):
            assert words in stage.text


async def test_nobody_is_asked_to_pay_again_while_the_first_payment_is_frozen() -> None:
    async with staged(paying(state=AttemptState.FROZEN)) as stage:
        for words in ("扫码付款", "新二维码", "更换支付方式", "付款后"):
            assert words not in stage.text
        assert not stage.screen.query_one("#amount").display
        assert await stage.press("f6", "f3") == []


async def test_without_a_code_nobody_is_told_to_scan() -> None:
    async with staged(paying(state=AttemptState.REFUNDING)) as stage:
        assert "扫码付款" not in stage.text
        assert "付款后本页自动继续" not in stage.text
        assert await stage.press("enter") == [e.QrRenewed()]


async def test_a_scanned_code_asks_for_the_phone() -> None:
    async with staged(paying(state=AttemptState.SCANNED)) as stage:
        assert "已扫码，请在手机上确认" in stage.text


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_button_for_a_new_code_is_no_wider_than_others(size: tuple[int, int]) -> None:
    async with staged(paying(), size) as stage:
        await stage.show(paying(state=AttemptState.CLOSED))
        sheet, button = (stage.screen.query_one(name).region for name in ("#no-code", "#renew"))
        assert button.width <= 24
        assert abs(button.x - sheet.x - (sheet.right - button.right)) <= 1


@pytest.mark.parametrize("change", [{"expires_in": 0}, {"state": AttemptState.CLOSED}])
async def test_a_code_that_is_over_vanishes_and_a_new_one_is_offered(change: dict[str, object]) -> None:
    async with staged(paying(**change)) as stage:
        assert "二维码已过期" in stage.text
        assert not stage.screen.query_one(QrCode).drawing
        assert await stage.press("f6") == [e.QrRenewed()]
        await stage.screen.run_action("claim")
        assert await stage.events() == [e.PaymentClaimed()]  # paid at the last moment


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_who_paid_at_the_last_moment_says_so_where_the_button_was(language: str) -> None:
    use_language(language)
    async with staged(paying(), (74, 22)) as stage:
        claim, change, panel = (stage.screen.query_one(name) for name in ("#claim", "#change", "#panel"))
        before = claim.region, change.region
        await stage.show(paying(expires_in=0))
        assert (claim.region, change.region) == before
        assert change.region.right <= panel.content_region.right
        assert stage.app.focused is stage.screen.query_one("#renew")
        assert await stage.press("tab", "enter") == [e.PaymentClaimed()]


async def test_the_sheet_has_the_columns_of_the_code_before_it_and_of_no_other() -> None:
    async with staged(paying()) as stage:
        sheet, drawing = stage.screen.query_one("#no-code"), stage.screen.query_one(QrCode).drawing
        await stage.show(paying(expires_in=0))
        assert drawing
        assert sheet.outer_size.width == drawing.size.width
        await stage.pilot.resize_terminal(120, 40)
        assert sheet.region.height == stage.screen.query_one("#paying").region.height
        await stage.show(state(Step.ORDER))
        await stage.pilot.resize_terminal(80, 24)
        await stage.show(paying(expires_in=0, qr="https://qr.alipay.com/fkx1"))
        assert not sheet.styles.inline.has_rule("width")


async def test_the_sheet_has_every_row_also_where_the_code_had_not() -> None:
    async with staged(paying(), (100, 32)) as stage:
        await stage.show(paying(expires_in=0))
        assert stage.screen.query_one("#no-code").region.height == stage.screen.query_one("#paying").region.height


async def test_the_countdown_ends_at_its_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(Countdown, "clock", staticmethod(lambda: now[0]))
    async with staged(paying(expires_in=90)) as stage:
        countdown = stage.screen.query_one(Countdown)
        now[0] += 61
        countdown.tick()
        await stage.pilot.pause()
        assert "00:29" in stage.text
        now[0] += 30
        countdown.tick()
        await stage.pilot.pause()
        assert "二维码已过期" in stage.text


async def test_a_poll_that_tells_nothing_new_paints_nothing_but_the_time() -> None:
    async with staged(paying(expires_in=120)) as stage:
        painted = [stage.screen.query_one(f"#{name}", Static).visual for name in ("amount", "numbers", "live", "news")]
        await stage.show(paying(expires_in=100))
        assert "01:40" in stage.text
        again = [stage.screen.query_one(f"#{name}", Static).visual for name in ("amount", "numbers", "live", "news")]
        assert [one is other for one, other in zip(painted, again, strict=True)] == [True] * 4
        await stage.show(paying(expires_in=98, state=AttemptState.SCANNED))
        assert "已扫码，请在手机上确认" in stage.text


class Wallet:
    """A demo phone that remembers what it paid."""

    account, password, pin = "a", "b", "c"

    def __init__(self) -> None:
        self.paid: list[str] = []

    async def pay(self, qr: str) -> None:
        """Remember."""
        self.paid.append(qr)


async def test_the_demo_phone_pays_by_a_key() -> None:
    phone = Wallet()
    async with staged(paying(), phone=phone) as stage:
        assert "演示付款" in stage.text
        assert stage.text.endswith("结束办理")
        await stage.press("f12")
        assert phone.paid == [ATTEMPT.qr]


async def test_a_demo_phone_that_is_refused_ends_nothing() -> None:
    class Refused(Wallet):
        async def pay(self, qr: str) -> None:
            await super().pay(qr)
            raise WalletRefused("unknown_qr")

    phone = Refused()
    async with staged(paying(), phone=phone) as stage:
        await stage.press("f12")
        assert phone.paid == [ATTEMPT.qr]
        await stage.press("f12")
        assert phone.paid == [ATTEMPT.qr] * 2


async def test_leaving_takes_the_code_away() -> None:
    async with staged(paying()) as stage:
        code = stage.screen.query_one(QrCode)
        await stage.show(state(Step.ISSUING, application=entered(payment_status=PaymentStatus.PAID)))
        assert not code.drawing
        assert "支付成功" in stage.text
        assert "B1" in stage.text
