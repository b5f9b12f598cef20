"""The whole journey by one kind of hand alone: taps without a key, keys without a tap or an input method."""

from pathlib import Path

import pytest

from tests.harness.end_to_end.person import Person
from tests.harness.end_to_end.sandbox import Sandbox
from tests.harness.end_to_end.stage import at_counter, ledger_of, new_token
from tests.harness.kiosk.fingers import Fingers
from tui.core.form.fields import ApplicationForm, InvoiceForm
from tui.core.payment_method import PaymentMethod
from tui.journey.state import Step
from tui.kiosk.widgets.document import Document
from tui.kiosk.widgets.keyboard.layout import DONE, HIDE
from tui.sandbox.files import ACCOUNT, PASSWORD

FORM = ApplicationForm(
    term_months=12,
    id_number="11010519491231002X",
    agent_name="张三",
    agent_mobile="13800138000",
    agent_email="zhang.san_1@example.cn",
    recipient_name="张三",
    recipient_mobile="13800138000",
    recipient_address="广州市天河区体育西路1号",
)
INVOICE = InvoiceForm("91440300100012316L", "某某供应商有限公司")


@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "touch screen without keys"])
async def test_by_taps_alone(sandbox: Sandbox, tmp_path: Path, touch: bool) -> None:
    token = new_token(sandbox, tmp_path)
    async with at_counter(sandbox, token) as person:
        person.app.hands.without_keys = person.app.hands.shuffled = touch
        fingers = Fingers(person.app, person.pilot)
        await person.reached(Step.WAITING)
        await fingers.until(lambda: "可以办理续期" in person.text and person.app.state.desk_reachable is True)
        await fingers.words("开始办理")
        await person.until(Step.SIGN_IN)
        await fingers.field("#account")
        await fingers.type(ACCOUNT)
        await fingers.onward()
        await fingers.type(PASSWORD)
        await fingers.key(DONE)
        await person.until(Step.NOTICE)
        while not person.app.step_screen.query_one(Document).read:
            await fingers.words("\\/")
        await fingers.words("同意并继续")
        await person.until(Step.CARD)
        await fingers.words("申请续期")
        await person.until(Step.AGREEMENT)
        await fingers.words("我接受电子认证服务协议内容")
        await fingers.words("下一步")
        await person.until(Step.FORM)
        await _fill_form(fingers)
        assert person.form_on_screen() == FORM
        await fingers.words("提交")
        await person.until(Step.REQUEST_PIN)
        await _enter_pin(fingers, token.pin)
        await person.until(Step.PAY_NOTICE)
        await fingers.words("确定")
        await person.until(Step.ORDER)
        await fingers.words("立即支付")
        await person.until(Step.CHANNEL)
        await fingers.words("下一步")
        await person.until(Step.METHOD)
        await _fill_invoice(fingers)
        await fingers.words("提交")
        await person.walk_to(Step.QR)
        assert person.app.state.invoice == INVOICE
        await person.pay()
        await person.until(Step.INSTALL_PIN)
        await _enter_pin(fingers, token.pin)
        await person.until(Step.DONE)
        assert "证书安装完成！" in person.text
        assert not person.app.hands.on_keys
    assert ledger_of(sandbox, person.application.business_no, PaymentMethod.ALIPAY)


async def _fill_form(fingers: Fingers) -> None:
    await fingers.field("#field-id-number Input")
    await fingers.type(FORM.id_number)
    await fingers.onward()
    await fingers.sound("zhangsan", FORM.agent_name)
    await fingers.onward()
    await fingers.type(FORM.agent_mobile)
    await fingers.onward()
    await fingers.type(FORM.agent_email)
    await fingers.onward()
    await fingers.words("从经办人处拷贝")
    await fingers.field("#field-recipient-address Input")
    await fingers.sound("guangzhoushitianhequ", "广州市天河区")
    await fingers.sound("tiyuxilu", "体育西路")
    await fingers.type("1")
    await fingers.sound("hao", "号")
    await fingers.key(HIDE)
    await fingers.until(lambda: "提交" in "".join(fingers.rows))


async def _fill_invoice(fingers: Fingers) -> None:
    await fingers.words("支付宝")
    await fingers.field("#field-tax-number Input")
    await fingers.type(INVOICE.tax_number)
    await fingers.onward()
    await fingers.sound("moumou", "某某")
    await fingers.sound("gongyingshang", "供应商")
    await fingers.sound("youxiangongsi", "有限公司")
    await fingers.key(HIDE)
    await fingers.until(lambda: "提交" in "".join(fingers.rows))


async def _enter_pin(fingers: Fingers, pin: str) -> None:
    """On the pad, wherever its digits stand."""
    for digit in pin:
        pad = fingers.app.screen.query_one("Keypad").region
        for y in range(pad.y, pad.bottom):
            row = fingers.cells(y)[pad.x : pad.right]
            if digit in row:
                await fingers.at(pad.x + row.index(digit), y)
                break
        else:
            raise AssertionError(f"no {digit} on the pad")
    await fingers.words("确定")


async def test_by_keys_alone_and_without_an_input_method(sandbox: Sandbox, tmp_path: Path) -> None:
    token = new_token(sandbox, tmp_path)
    async with at_counter(sandbox, token) as person:
        await person.walk_to(Step.FORM)
        await _type_form(person)
        assert person.form_on_screen() == FORM
        await person.walk_to(Step.METHOD)
        await person.choose(PaymentMethod.ALIPAY)
        await person.walk_to(Step.QR)
        await person.pay()
        await person.walk_to(Step.DONE)
        assert "证书安装完成！" in person.text


async def _type_form(person: Person) -> None:
    """Arrows and Enter from field to field; F2 brings the keyboard whose pinyin the real keys type."""
    screen = person.app.step_screen
    while person.app.focused is not screen.query_one("#field-id-number Input"):
        await person.press("down")
    await person.press(*FORM.id_number, "enter", "f2")
    fingers = Fingers(person.app, person.pilot)
    composition = fingers.keyboard._composition
    await fingers.until(lambda: composition._dictionary is not None)
    await person.press(*"zhangsan", "space", "enter", *FORM.agent_mobile, "enter")
    await person.press(*"zhang", "full_stop", *"san", "underscore", "1", "at", *"example", "full_stop", *"cn", "enter")
    await person.press("enter")  # 从经办人处拷贝, and on to the address
    await person.press("f2")
    await person.press(*"guangzhoushi", "space", *"tianhequ", "space", *"tiyuxilu", "space", "1", *"hao", "2", "escape")
