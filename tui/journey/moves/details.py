"""证书详情: a certificate in all its parts, beside the journey; back at the list when its token goes."""

from dataclasses import replace

from tui.core.certificate import Certificate, Token, find, likeliest
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.moves.common import Next, at
from tui.journey.state import State, Step


def looked_at(state: State) -> tuple[Token, Certificate] | None:
    """The inserted token with the certificate whose details are shown, and the certificate."""
    reference = state.looked_at
    return find(likeliest(state.tokens, reference), reference.fingerprint) if reference else None


def begin(state: State, event: e.DetailsOpened) -> Next:
    """Show it, and have it read."""
    opened = replace(state, looked_at=event.certificate, details=None)
    found = looked_at(opened)
    return (at(opened, Step.DETAILS), (c.ReadDetails(found[1].der),)) if found else (state, ())


def read(state: State, event: e.DetailsRead) -> Next:
    """What it says, unless another one is looked at by now."""
    found = looked_at(state)
    return (replace(state, details=event.details) if found and found[1].der == event.certificate else state), ()


def back(state: State, event: object = None) -> Next:
    """To the list, which leads on to where it was opened."""
    return at(replace(state, looked_at=None, details=None), Step.CERTIFICATES), ()


def without(state: State) -> State:
    """The state at the list where the certificate that was looked at is there no more."""
    return back(state)[0] if state.step is Step.DETAILS and looked_at(state) is None else state
