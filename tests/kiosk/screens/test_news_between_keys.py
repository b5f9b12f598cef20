"""News of the desk that come between two keys take neither the focus nor a key from who pays."""

from dataclasses import replace
from typing import Final

from tests.harness.kiosk.stage import staged
from tests.harness.people import ATTEMPT, SERVICE, application, state
from tui.core.failure import Failure, Reason
from tui.core.form.fields import InvoiceForm
from tui.core.order import Application, ApplicationStatus, AttemptState
from tui.core.payment_method import PaymentMethod
from tui.journey import events as e
from tui.journey.flow import advance
from tui.journey.state import Step

ENTERED: Final = application(ApplicationStatus.ENTERED)


def _polled(attempt: AttemptState) -> e.ApplicationSeen:
    changed: Application = replace(ENTERED, attempt=replace(ATTEMPT, state=attempt))
    return e.ApplicationSeen(changed, polled=True)


NEWS: Final[tuple[e.Event, ...]] = (
    e.ApplicationSeen(ENTERED, polled=True),
    _polled(AttemptState.CLOSING),
    _polled(AttemptState.CLOSED),
    e.DeskLost(Failure(Reason.DESK_UNREACHABLE)),
    e.Failed(Failure(Reason.DESK_UNREACHABLE), "WatchApplication"),
    e.ServiceSeen(SERVICE),
)


async def test_whoever_types_an_invoice_reaches_the_button_and_presses_it() -> None:
    now = state(Step.METHOD, application=ENTERED, invoice=InvoiceForm("91440300100012316", ""))
    async with staged(now) as stage:
        for turn, key in enumerate(("tab", "tab", "L", "enter", "A", "B", "enter", "enter")):
            for event in NEWS[turn % 2 :: 2]:
                focused = stage.screen.focused
                now, _ = advance(now, event)
                await stage.show(now)
                assert (now.step, now.busy, stage.screen.focused) == (Step.METHOD, None, focused)
            if turn == 7:
                assert "> 提交 <" in stage.text
            await stage.pilot.press(key)
        submitted = e.PaymentSubmitted(PaymentMethod.ALIPAY, InvoiceForm("91440300100012316L", "AB"))
        assert (await stage.events())[-1] == submitted
