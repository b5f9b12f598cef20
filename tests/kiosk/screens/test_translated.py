"""The agreement and the order in English: marked as translations, the Chinese at a key, what is accepted the same."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.harness import people
from tests.harness.kiosk.gallery import GALLERY
from tests.harness.kiosk.stage import staged
from tui.core.order import FEE_NAME, ApplicationStatus
from tui.desk.renewals.documents import documents
from tui.journey import events as e
from tui.journey.state import Step
from tui.kiosk.text import use_language
from tui.kiosk.widgets.choice import Tick


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Spoken in this room."""
    use_language("en")
    yield
    use_language("zh")


async def test_the_agreement_is_read_in_english_and_accepted_in_chinese() -> None:
    agreement = documents().agreement
    async with staged(people.state(Step.AGREEMENT, agreement=agreement)) as stage:
        assert "the Chinese text is binding" in stage.text
        assert "Certification" in stage.text
        await stage.press("end")
        assert agreement.digest in stage.text
        await stage.press("f7")
        assert "本协议由电子认证服务机构" in stage.text
        stage.screen.query_one(Tick).ticked = True
        await stage.press("f7")
        assert "本协议由电子认证服务机构" not in stage.text
        assert stage.screen.query_one(Tick).ticked
        await stage.pilot.click("ActionButton.-main")
        assert await stage.events() == [e.AgreementAccepted()]


async def test_there_is_no_key_where_there_is_no_translation() -> None:
    async with staged(people.state(Step.NOTICE)) as stage:
        assert "available in Chinese only" in stage.text
        assert "EN/中文" not in stage.text
        assert people.NOTICE.text in stage.text


async def test_an_order_names_its_fee_in_both_languages() -> None:
    async with staged(people.state(Step.ORDER, application=people.application(ApplicationStatus.ENTERED))) as stage:
        assert "Certificate service fee" in stage.text
        assert f"the Chinese is binding: {FEE_NAME}" in stage.text


async def test_the_payee_is_named_as_the_wallet_names_it_with_its_english_below() -> None:
    paying = GALLERY["qr"]
    assert paying.application is not None
    assert paying.application.attempt is not None
    payee = paying.application.attempt.payee
    service = replace(people.SERVICE, english=((payee, "NETCA Security Co."),))
    async with staged(replace(paying, service=service)) as stage:
        assert payee in stage.text
        assert "NETCA Security Co." in stage.text
        assert "Paid" in stage.text
        assert 'If it does not, press "Paid".' in stage.text
        assert stage.screen.query_one("#acts").region.bottom < stage.screen.query_one("KeyLine").region.y
