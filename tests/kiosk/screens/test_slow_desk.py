"""While the desk thinks, whoever presses the key of the next act once more does nothing else by it."""

from collections.abc import Mapping

import pytest

from tests.harness.kiosk.journey_states import MORE, PAYING
from tests.harness.kiosk.stage import staged
from tests.harness.people import state
from tui.journey.state import Busy, Step

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
