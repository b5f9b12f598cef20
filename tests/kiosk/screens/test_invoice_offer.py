"""The invoice by the certificate: offered with its source, taken by a button, never silently."""

from dataclasses import replace

import pytest

from tests.harness.kiosk.stage import staged
from tests.harness.people import SERVICE, application, certificate, state, token
from tui.core.failure import Failure, Reason
from tui.core.form.fields import InvoiceForm
from tui.core.form.kinds import Buyer
from tui.core.order import ApplicationStatus
from tui.core.payment_method import PaymentMethod
from tui.core.token import Snapshot
from tui.journey import events as e
from tui.journey.state import State, Step
from tui.kiosk.text import use_language
from tui.kiosk.widgets.field import TextField

COMPANY, NUMBER = "深圳市示例供应商有限公司", "91440300100012316L"


def choosing(organisation: str = COMPANY, number: str = NUMBER, **changes: object) -> State:
    """The method step with a certificate that says this of its organisation."""
    held = token(certificate(organisation=organisation, organisation_number=number))
    shown: dict[str, object] = {"invoice": InvoiceForm(), "application": application(ApplicationStatus.ENTERED)}
    return state(Step.METHOD, snapshot=Snapshot((held,)), **(shown | changes))


async def test_the_offer_is_shown_and_nothing_is_taken_before_the_button() -> None:
    async with staged(choosing()) as stage:
        assert f"证书上的单位，请核对：{COMPANY} {NUMBER}" in stage.text
        assert {field.value for field in stage.screen.query(TextField)} == {""}
        assert await stage.act("#take") == [e.InvoiceEdited(PaymentMethod.ALIPAY, InvoiceForm(NUMBER, COMPANY))]
        assert [field.value for field in stage.screen.query(TextField)] == [NUMBER, COMPANY]
        assert stage.screen.focused is not None
        assert "一旦发票已开具" in stage.text


async def test_messages_go_with_the_values_that_the_offer_replaces() -> None:
    errors = (("tax_number", "required"), ("title", "required"))
    async with staged(choosing()) as stage:
        await stage.show(choosing(failure=Failure(Reason.FORM_INVALID, field_errors=errors)))
        assert [field.wrong for field in stage.screen.query(TextField)] == [True, True]
        await stage.act("#take")
        assert [field.wrong for field in stage.screen.query(TextField)] == [False, False]


async def test_what_the_certificate_does_not_say_stays_as_typed() -> None:
    async with staged(choosing(number="", invoice=InvoiceForm("91440300MA5TEX712G", ""))) as stage:
        await stage.act("#take")
        assert [field.value for field in stage.screen.query(TextField)] == ["91440300MA5TEX712G", COMPANY]


async def test_a_person_and_a_certificate_without_organisation_are_offered_nothing() -> None:
    for shown in (choosing("", ""), choosing(invoice=InvoiceForm("", "", Buyer.PERSON)), choosing("12", NUMBER[:-2])):
        async with staged(shown) as stage:
            assert "按证书填写" not in stage.text
            assert "证书上的单位" not in stage.text


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [(80, 24), (84, 30), (100, 32), (100, 37), (100, 38)])
@pytest.mark.parametrize("organisation", [COMPANY, ""], ids=["offered", "not offered"])
async def test_the_warning_is_read_without_scrolling(size: tuple[int, int], language: str, organisation: str) -> None:
    use_language(language)
    shown = choosing(organisation, NUMBER if organisation else "")
    three = replace(SERVICE, payment_methods=("alipay", "unionpay", "wechat"))
    async with staged(shown, size) as stage:
        assert stage.screen.query_one("#offer").display is bool(organisation)
        assert stage.screen.query_one("#body").max_scroll_y == 0
    async with staged(replace(shown, service=three), size) as stage:
        assert stage.screen.query_one("#body").max_scroll_y == 0
