"""The lists of certificates: an order of their own, the cursor on its certificate, the renewed one named as such."""

from dataclasses import replace
from datetime import timedelta

import pytest
from textual.widgets import OptionList

from tests.harness import people
from tests.harness.kiosk.stage import staged
from tests.harness.people import NOW, OLD, certificate, token
from tui.core.certificate import refer
from tui.core.failure import Failure, Reason
from tui.core.order import ApplicationStatus
from tui.core.token import Installation, Snapshot
from tui.journey import events as e
from tui.journey.state import State, Step

NEW = certificate("new", 385, subject=OLD.subject, not_before=NOW - timedelta(days=2))
BOTH = token(OLD, NEW)
HOME = State(now=NOW, snapshot=Snapshot((BOTH,)), service=people.SERVICE, desk_reachable=True)
ROWS = (certificate("aaa", 60), certificate("bbb", 5), certificate("ccc", 30))


def choosing(*certificates: object) -> State:
    return people.state(Step.CHOOSING, snapshot=Snapshot((token(*certificates),)))  # type: ignore[arg-type]


async def test_the_cursor_stays_with_its_certificate() -> None:
    async with staged(choosing(*ROWS)) as stage:
        choices = stage.screen.query_one(OptionList)
        assert [option.id for option in choices.options] == [ROWS[at].fingerprint for at in (1, 2, 0)]
        await stage.press("down")
        await stage.show(choosing(certificate("first", 1), *reversed(ROWS)))
        assert (choices.highlighted, choices.option_count) == (2, 4)
        assert await stage.press("enter") == [e.CertificateChosen(ROWS[2].fingerprint)]
        await stage.show(choosing(*ROWS[:2]))
        assert choices.highlighted == 0


@pytest.mark.parametrize("step", [Step.WAITING, Step.CHOOSING, Step.CERTIFICATES])
async def test_what_the_driver_lists_otherwise_looks_the_same(step: Step) -> None:
    def shown(*certificates: object) -> State:
        return replace(choosing(*certificates), step=step, chosen=None)

    async with staged(shown(*ROWS)) as stage:
        before = stage.text
        await stage.show(shown(*reversed(ROWS)))
        assert stage.text == before


async def test_the_waiting_screen_offers_nothing_for_a_renewed_certificate() -> None:
    async with staged(HOME) as stage:
        for words in ("已插入CA，证书已续期", "已续期，新证书有效期至2027年12月13日", "还有385天到期"):
            assert words in stage.text
        assert "可以续期" not in stage.text.replace("起可续期", "")
        assert "查看或继续上次续期" not in stage.text
        await stage.show(replace(HOME, snapshot=Snapshot((token(OLD, NEW, certificate("other", 30)),))))
        assert "查看或继续上次续期" in stage.text
        assert await stage.press("f8") == [e.RenewalRequested()]


async def test_my_certificates_name_the_renewed_one() -> None:
    async with staged(replace(HOME, step=Step.CERTIFICATES), size=(120, 50)) as stage:
        assert "已续期，新证书有效期至2027年12月13日" in stage.text


async def test_a_renewed_certificate_is_told_with_both_dates_and_a_way_to_finish() -> None:
    shown = replace(HOME, step=Step.REFUSED, chosen=refer(BOTH, OLD), failure=Failure(Reason.ALREADY_RENEWED))
    async with staged(shown) as stage:
        for words in ("证书已续期", "2026年12月13日", "新证书有效期至2027年12月13日", "继续已付款的申请"):
            assert words in stage.text
        assert "不能办理" not in stage.text
        await stage.show(replace(shown, failure=Failure(Reason.CERTIFICATE_EXPIRED)))
        assert "不能办理" in stage.text


@pytest.mark.parametrize("held", [(OLD, NEW), (NEW,)])
async def test_a_renewal_finished_earlier_is_called_complete_with_both_dates(held: tuple[object, ...]) -> None:
    done = people.application(ApplicationStatus.INSTALLED, old_not_after=OLD.not_after)
    both = Installation(OLD, NEW, b"") if OLD in held else None
    shown = people.state(Step.DONE, application=done, finished=NEW, installation=both)
    async with staged(replace(shown, snapshot=Snapshot((token(*held),)))) as stage:  # type: ignore[arg-type]
        for words in ("续期已完成", "2026年12月13日", "2027年12月13日"):
            assert words in stage.text
        assert ("CA中已没有" in stage.text) is (both is None)
        await stage.show(people.state(Step.DONE, application=done, installation=Installation(OLD, NEW, b"p")))
        assert "续期已完成" not in stage.text
