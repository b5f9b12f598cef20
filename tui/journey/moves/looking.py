"""Step 1 where certificates are private objects: nothing is visible before the PIN, so the person may look after it."""

from dataclasses import replace

from tui.core.certificate import refer_token
from tui.core.eligibility import barred
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.moves.applying import wrong_length
from tui.journey.moves.common import Next, at, refuse, too_old
from tui.journey.state import Busy, State, Step


def begin(state: State, event: object = None) -> Next:
    """Ask for the PIN of the token that hides what is on it."""
    token = state.veiled
    if token is None:
        return state, ()
    if failure := too_old(state):
        return refuse(state, failure)
    state = replace(state, chosen=refer_token(token))
    if failure := barred(token):
        return refuse(state, failure)
    return at(state, Step.LOOK_PIN), ()


def look(state: State, event: e.PinEntered) -> Next:
    """Send the PIN to the token for this look alone."""
    if state.busy or state.token is None or state.chosen is None:
        event.pin.wipe()
        return state, ()
    if failure := wrong_length(state.token, event.pin):
        event.pin.wipe()
        return replace(state, failure=failure), ()
    return replace(state, busy=Busy.LOOKING, failure=None), (c.Look(state.chosen, event.pin),)
