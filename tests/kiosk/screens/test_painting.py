"""What one key and one change cost: layouts and paints are counted, on every screen."""

from dataclasses import replace

import pytest
from textual._compositor import Compositor

from tests.harness import people
from tests.harness.kiosk.painting import Cost, at_rest, costs, row
from tests.harness.kiosk.stage import Stage, staged
from tui.core.failure import Failure, Reason
from tui.core.form.fields import ApplicationForm
from tui.core.order import ApplicationStatus
from tui.journey.state import State, Step
from tui.kiosk.screens.compositor import NarrowCompositor
from tui.kiosk.widgets.countdown import Countdown, Pulse
from tui.kiosk.widgets.field import Field
from tui.kiosk.widgets.status import StatusLine
from tui.kiosk.widgets.ticking import Ticking

PAYING = people.application(ApplicationStatus.ENTERED, attempt=people.ATTEMPT)


async def cost_of(stage: Stage, state: State) -> Cost:
    """What a change to `state` costs."""
    await at_rest(stage)
    with costs() as cost:
        await stage.show(state)
        await at_rest(stage)
    return cost


@pytest.mark.parametrize(
    ("state", "field"),
    [
        (people.state(Step.SIGN_IN, account=""), "#account"),
        (people.state(Step.SIGN_IN), "#password"),
        (people.state(Step.FORM, form=ApplicationForm()), "#field-agent-name Input"),
        (people.state(Step.REQUEST_PIN), "#pin-entry"),
        (people.state(Step.METHOD), "#field-title Input"),
    ],
    ids=["account", "password", "form", "PIN", "invoice"],
)
async def test_a_key_lays_nothing_out_and_paints_its_own_row_once(state: State, field: str) -> None:
    async with staged(state) as stage:
        entry = stage.screen.query_one(field).focus()
        await at_rest(stage)
        for key in ("1", "2", "backspace"):
            with costs() as cost:
                await stage.press(key)
                await at_rest(stage)
            assert (cost.layouts, cost.painted) == (0, [{row(entry)}])


async def test_a_text_longer_than_its_field_scrolls_without_a_layout() -> None:
    async with staged(people.state(Step.SIGN_IN, account="")) as stage:
        account = stage.screen.query_one("#account")
        await at_rest(stage)
        with costs() as cost:
            await stage.press(*"0123456789" * 5, "x")
            await at_rest(stage)
        assert cost.layouts == 0
        assert account.scroll_x > 0
        assert "789x" in stage.text
        assert "0123456789" * 5 not in stage.text


async def test_tab_paints_the_two_fields_alone() -> None:
    async with staged(people.state(Step.FORM), (80, 40)) as stage:
        left, entered = (stage.screen.query_one(f"#field-{name} Input") for name in ("agent-name", "agent-mobile"))
        left.focus()
        await at_rest(stage)
        with costs() as cost:
            await stage.press("tab")
            await at_rest(stage)
        assert stage.app.focused is entered
        assert cost.layouts == 0
        assert set().union(*cost.painted) <= {row(left), row(entered)}


async def test_a_field_s_message_comes_and_goes_without_a_layout() -> None:
    async with staged(people.state(Step.FORM)) as stage:
        field = next(iter(stage.screen.query(Field)))
        await at_rest(stage)
        with costs() as cost:
            field.fail("required")
            await at_rest(stage)
            field.fail(None)
            await at_rest(stage)
        assert (cost.layouts, len(cost.painted)) == (0, 2)


@pytest.mark.parametrize(
    ("state", "kind"),
    [(people.state(Step.QR, application=PAYING), Countdown), (people.state(Step.REQUESTING), Pulse)],
    ids=["countdown", "pulse"],
)
async def test_a_second_paints_its_own_figures(state: State, kind: type[Countdown | Pulse]) -> None:
    now = 0.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kind, "clock", staticmethod(lambda: now))
        async with staged(state) as stage:
            figures = stage.screen.query_one(kind)
            await at_rest(stage)
            with costs() as cost:
                now += 1.0
                stage.screen.second()
                await at_rest(stage)
            assert (cost.layouts, cost.painted) == (0, [{row(figures)}])


async def test_a_status_change_paints_the_status_line() -> None:
    state = people.state(Step.CARD)
    async with staged(state) as stage:
        line = stage.screen.query_one(StatusLine)
        cost = await cost_of(stage, replace(state, desk_reachable=False))
        assert (cost.layouts, cost.painted) == (0, [{row(line)}])


async def test_seconds_in_which_nothing_happens_paint_nothing() -> None:
    async with staged(people.state(Step.WAITING)) as stage:
        await at_rest(stage)
        with costs() as cost:
            for _ in range(5):
                await stage.app._beat()
                await at_rest(stage)
        assert (cost.layouts, cost.painted) == (0, [])


async def test_the_blank_screen_below_all_others_is_neither_laid_out_nor_painted() -> None:
    async with staged(people.state(Step.WAITING)) as stage:
        await at_rest(stage)
        blank = stage.app.screen_stack[0]
        with costs() as cost:
            blank.refresh(layout=True)
            await at_rest(stage)
            while blank._layout_required:
                await stage.pilot.pause()
        assert (cost.layouts, cost.painted) == (0, [])


async def test_every_change_of_screen_is_painted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ticking, "clock", staticmethod(lambda: 0.0))  # no second is over meanwhile
    async with staged(people.state(Step.WAITING)) as stage:
        for step in (*Step, Step.CARD, Step.FORM, Step.QR, Step.WAITING):  # the last ones for the second time
            state = people.state(step, application=PAYING)
            if step is stage.app.state.step:
                continue
            cost = await cost_of(stage, state)
            assert len(cost.painted) == 1, step
            assert (await cost_of(stage, state)).painted == [], f"{step}: nothing has changed"
            drawn = stage.screen._compositor.render_strips()
            with monkeypatch.context() as textual:
                textual.setattr(NarrowCompositor, "_get_renders", Compositor._get_renders)
                assert drawn == stage.screen._compositor.render_strips()


async def test_a_failure_is_painted_with_all_that_it_moves() -> None:
    state = people.state(Step.CARD)
    async with staged(state) as stage:
        for shown in (replace(state, failure=Failure(Reason.DESK_UNREACHABLE)), state):
            cost = await cost_of(stage, shown)
            assert len(cost.painted) == 1
            drawn = stage.text
            stage.app.screen.refresh(layout=True)
            await at_rest(stage)
            assert drawn == stage.text
