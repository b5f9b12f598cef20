"""While the desk thinks, whoever presses the key of the next act once more does nothing else by it."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.harness.kiosk.journey_states import MORE, PAYING
from tests.harness.kiosk.stage import staged
from tests.harness.people import state
from tui.core.failure import Failure, Reason
from tui.journey.state import Busy, Step
from tui.kiosk.text import use_language

WAITS: tuple[tuple[Step, Busy, Mapping[str, object]], ...] = (
    (Step.LOOK_PIN, Busy.LOOKING, {}),
    (Step.SIGN_IN, Busy.SIGNING_IN, {"signed_in": False}),
    (Step.NOTICE, Busy.LOADING, {"notice": None}),
    (Step.CARD, Busy.CHECKING, {"offer": None}),
    (Step.CARD, Busy.QUERYING, {}),
    (Step.AGREEMENT, Busy.LOADING, {"agreement": None}),
    (Step.FORM, Busy.LOADING, {"agreement": None}),
    (Step.FORM, Busy.SAVING, {}),
    (Step.REQUESTING, Busy.HANDING_IN, {}),
    (Step.ORDER, Busy.WITHDRAWING, {}),
    (Step.METHOD, Busy.ORDERING, {}),
    (Step.QR, Busy.QUERYING, {}),
    (Step.QR, Busy.ORDERING, {}),
    (Step.QR, Busy.ENDING_PAYMENT, {}),
    (Step.INSTALLING, Busy.CONFIRMING, {}),
)


@pytest.mark.parametrize(("step", "busy", "more"), WAITS, ids=[f"{step.value}-{busy.value}" for step, busy, _ in WAITS])
async def test_a_key_pressed_again_does_no_other_act(step: Step, busy: Busy, more: Mapping[str, object]) -> None:
    async with staged(state(Step.WAITING)) as stage:
        await stage.show(state(step, **{"application": PAYING, **MORE.get(step, {}), "busy": busy, **more}))
        await stage.events()
        for key in ("enter", "space", "pagedown"):
            assert await stage.press(*[key] * 4) == []
            assert stage.app.state.step is step


@pytest.mark.parametrize("reason", [Reason.DESK_TIMEOUT, Reason.DESK_UNREACHABLE])
async def test_no_page_says_that_the_desk_is_there_beside_why_it_did_not_answer(reason: Reason) -> None:
    async with staged(state(Step.WAITING)) as stage:
        for step in (Step.SIGN_IN, Step.CARD, Step.FORM, Step.ORDER, Step.METHOD):
            signed_in = step is not Step.SIGN_IN
            at = state(step, application=PAYING, **{**MORE.get(step, {}), "signed_in": signed_in})
            await stage.show(at)
            assert "服务：已连接" in stage.text, step
            await stage.show(replace(at, failure=Failure(reason)))
            assert "服务：未连接" in stage.text, step


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_whoever_may_have_paid_reads_that_nothing_is_charged_twice(language: str, size: tuple[int, int]) -> None:
    """Beside the code, while the desk is not reached and after a 支付成功 that it did not answer."""
    use_language(language)
    try:
        async with staged(state(Step.WAITING), size) as stage:
            await stage.show(state(Step.QR, application=PAYING))
            for lost in ({"desk_reachable": False}, {"failure": Failure(Reason.DESK_TIMEOUT)}):
                await stage.show(state(Step.QR, application=PAYING, **lost))
                news, rows = stage.screen.query_one("#news").region, stage.screen._compositor.render_strips()
                seen = "".join(rows[y].crop(news.x, news.right).text.strip() for y in range(news.y, news.bottom))
                words = {"zh": "不会重复收费。", "en": "nothing is charged twice."}[language]
                assert words.replace(" ", "") in seen.replace(" ", ""), stage.text
    finally:
        use_language("zh")
