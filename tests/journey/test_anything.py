"""Rules that hold whatever a person, a token and a slow desk do, in any order."""

from random import Random

import pytest

from tests.harness.journey.anything import Asked
from tui.core.order import Application, ApplicationStatus
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.flow import advance
from tui.journey.moves.anywhere import BUSY_OF
from tui.journey.state import Busy, State, Step, Trait

WALKS, STEPS = 240, 120
SELDOM = {Step.CHOOSING, Step.RETIRE_PIN, Step.RETIRING}
"""Not for this token and this CA."""
ASKS = {
    Busy.LOOKING: {"Look"},
    Busy.CHANGING_PIN: {"ChangePin"},
    **{busy: {name for name, meant in BUSY_OF.items() if meant is busy} for busy in BUSY_OF.values()},
}
"""What is under way while a state is busy."""


def check(before: State, event: e.Event, now: State, commands: tuple[c.Command, ...], asked: Asked) -> None:
    needs, typed = Trait.NEEDS_TOKEN in now.step.traits, Trait.TYPED in now.step.traits
    assert not (needs and now.chosen is not None and now.token is None), "a step that needs the CA, without it"
    assert not (typed and now.covered), "what was typed is shown before the password"
    assert now.signed_in or now.step.stage < 2, "past the sign-in without one"
    assert now.busy is None or asked.under_way & ASKS[now.busy], "waits for what nobody was asked for"
    if now.step is Step.WAITING and before.step is not Step.WAITING:
        kept = State(
            now=now.now,
            snapshot=now.snapshot,
            revealed=now.revealed,
            service=now.service,
            desk_reachable=now.desk_reachable,
            desk_failure=now.desk_failure,
            failure=now.failure,
        )
        assert now == kept, "something of the person is left"
    if before.step is Step.SIGN_IN and now.step not in (before.step, Step.WAITING, Step.TOKEN_AWAITED):
        assert before.busy is Busy.SIGNING_IN, "an answer to nobody opens the door"
    if now.token_working and not before.token_working:
        works = c.MakeRequest | c.Install | c.Retire | c.ChangePin
        assert any(isinstance(command, works) for command in commands), "nobody may leave, and nothing works"
    if isinstance(event, e.PinEntered):
        sent = any(getattr(command, "pin", None) is event.pin for command in commands)
        assert sent or not event.pin, "a PIN that goes nowhere is kept"
    if isinstance(event, e.ApplicationSeen) and before.application is not None and now.application is not None:
        life = list(ApplicationStatus)
        assert life.index(now.application.status) >= life.index(before.application.status), "older news were taken"
    numbers = {number for command in commands if (number := getattr(command, "business_no", None))}
    assert numbers <= {known.business_no for known in _known(now)}, "another application is spoken of"


def _known(state: State) -> list[Application]:
    offered = state.offer.application if state.offer else None
    return [application for application in (state.application, offered) if application is not None]


@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens(seed: int) -> None:
    dice = Random(seed)
    reached = set()
    for _ in range(WALKS):
        state, asked, trail = State(), Asked(), []
        for _ in range(STEPS):
            event = asked.next(state, dice)
            trail.append(f"{state.step.value} {state.busy} {type(event).__name__}")
            before, (state, commands) = state, advance(state, event)
            asked = asked.after(event, commands, dice)
            reached.add(state.step)
            try:
                check(before, event, state, commands, asked)
            except AssertionError as error:
                raise AssertionError("\n".join([str(error), *trail[-12:], state.step.value])) from None
    assert reached >= {step for step in Step if step.stage} - SELDOM
