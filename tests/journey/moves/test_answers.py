"""Whoever pays waits for nothing that does not come: what is busy there has an answer on its way."""

from dataclasses import replace
from typing import Final

import pytest

from tests.harness.journey.walk import BACK_IN, EMPTY, ENTERED, PAYING, failed
from tests.harness.people import ATTEMPT, INVOICE, state
from tui.core.failure import Failure, Reason
from tui.core.order import AttemptState
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.flow import advance
from tui.journey.state import Busy, State, Step

ASKED: Final[dict[Busy | None, str]] = {
    Busy.ORDERING: "Pay",
    Busy.ENDING_PAYMENT: "EndPayment",
    Busy.QUERYING: "QueryPayment",
}
BY_ITSELF: Final[tuple[e.Event, ...]] = (
    e.PaymentSubmitted(state(Step.QR).method, INVOICE),
    e.BackPressed(),
    e.OnlineChosen(),
    e.PaymentClaimed(),
    e.ApplicationSeen(ENTERED, polled=True),
    e.ApplicationSeen(PAYING, polled=True),
    e.DeskLost(Failure(Reason.DESK_UNREACHABLE)),
    failed(Reason.DESK_UNREACHABLE, "WatchApplication"),
    EMPTY,
    BACK_IN,
)
STEPS: Final = {Step.METHOD, Step.CHANNEL, Step.QR, Step.TOKEN_AWAITED}
LONGEST: Final = 5
"""Events one after another."""


def _answers(name: str) -> tuple[e.Event, ...]:
    seen = e.ApplicationSeen(ENTERED if name == "EndPayment" else PAYING)
    return seen, failed(Reason.PAYMENT_PLATFORM_DOWN, name)


def test_what_is_busy_while_somebody_pays_is_answered() -> None:
    begun: tuple[State, frozenset[str]] = state(Step.METHOD, application=ENTERED), frozenset()
    reached, newest = [begun], [begun]
    for _ in range(LONGEST):
        found = []
        for now, asked in newest:
            ways = [(event, asked) for event in BY_ITSELF]
            ways += [(event, asked - {name}) for name in asked for event in _answers(name)]
            for event, left in ways:
                then, commands = advance(now, event)
                under_way = left | {
                    type(x).__name__ for x in commands if isinstance(x, c.Pay | c.EndPayment | c.QueryPayment)
                }
                assert then.busy is None or ASKED[then.busy] in under_way, (now, event)
                if then.step in STEPS and (then, under_way) not in reached:
                    reached.append((then, under_way))
                    found.append((then, under_way))
        newest = found
    assert any(now.busy is Busy.ORDERING for now, _ in reached)


@pytest.mark.parametrize("over", [None, AttemptState.CLOSING, AttemptState.CLOSED])
def test_an_order_whose_code_is_over_at_once_is_said_to_have_failed(over: AttemptState | None) -> None:
    """提交 that leads nowhere, without a word, is the worst that whoever pays could meet."""
    ordering = state(Step.METHOD, application=ENTERED, busy=Busy.ORDERING)
    attempt = replace(ATTEMPT, state=over) if over else None
    now, commands = advance(ordering, e.ApplicationSeen(replace(ENTERED, attempt=attempt)))
    assert (now.step, now.busy, now.failure, commands) == (Step.METHOD, None, Failure(Reason.PAYMENT_REFUSED), ())
