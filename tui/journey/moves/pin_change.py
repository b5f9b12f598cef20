"""修改CA密码: the token's own affair, with no account, application or certificate in it."""

from dataclasses import replace

from tui.core.certificate import Token, refer_whole
from tui.core.failure import Reason
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.moves.applying import wrong_length
from tui.journey.moves.common import Next, at
from tui.journey.state import Busy, State, Step


def changeable(state: State) -> Token | None:
    """The token whose PIN can be changed from here: the one that demands it, or the only one that is in.

    The application of whoever has signed in stays at the desk, to be gone on with under the new PIN.
    """
    if state.step is Step.REFUSED:
        expired = state.failure is not None and state.failure.reason is Reason.PIN_EXPIRED
        return state.token if expired else None
    beside = state.step is Step.CERTIFICATES and state.return_to is Step.WAITING and not state.signed_in
    if not beside or len(state.tokens) != 1:
        return None
    return None if state.tokens[0].fault else state.tokens[0]


def begin(state: State, event: e.PinChangeOpened) -> Next:
    """Ask for the old PIN and the new one."""
    token = changeable(state)
    if token is None:
        return state, ()
    return at(replace(state, chosen=refer_whole(token), pin_changed=False), Step.CHANGE_PIN), ()


def change(state: State, event: e.NewPinEntered) -> Next:
    """Send both to the token, once."""
    failure = wrong_length(state.token, event.old) if state.token else None
    if state.busy or state.pin_changed or state.token is None or state.chosen is None or failure:
        event.old.wipe()
        event.new.wipe()
        return (replace(state, failure=failure) if failure else state), ()
    return replace(state, busy=Busy.CHANGING_PIN, failure=None), (c.ChangePin(state.chosen, event.old, event.new),)


def changed(state: State, event: e.PinChanged) -> Next:
    """Say so."""
    return replace(state, busy=None, failure=None, pin_changed=True), ()
