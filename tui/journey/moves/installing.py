"""Step 8: the new certificate written, proved and confirmed; then the old pair deleted, if the person wants it."""

from dataclasses import replace

from tui.core.certificate import refer
from tui.core.order import ApplicationStatus
from tui.core.policy import KeyPolicy, OldPair
from tui.core.token import Installation
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.moves.applying import with_pin
from tui.journey.moves.common import Next, at
from tui.journey.state import Busy, State, Step


def install(state: State, event: e.PinEntered) -> Next:
    """Write the certificate beside the old one and let its key sign."""
    return with_pin(state, event.pin, Step.INSTALLING, c.Install)


def installed(state: State, event: e.Installed) -> Next:
    """The token has it; the desk verifies the proof."""
    return _confirm(replace(state, installation=event.installation))


def confirm_again(state: State, event: e.Retried) -> Next:
    """Hand in the proof once more; no PIN is needed."""
    return (state, ()) if state.busy else _confirm(state)


def _confirm(state: State) -> Next:
    if state.installation is None or state.application is None:
        return state, ()
    confirm = c.Confirm(state.application.business_no, state.installation.proof)
    return replace(state, busy=Busy.CONFIRMING, failure=None), (confirm,)


def confirmed(state: State, event: e.ApplicationSeen) -> Next:
    """证书安装完成！"""
    if event.application.status is not ApplicationStatus.INSTALLED or state.installation is None:
        return state, ()
    return at(replace(state, application=event.application), Step.DONE), (c.StopWatching(),)


def retirable(state: State) -> Installation | None:
    """The installation whose old pair may be deleted: the CA's rule allows it, and it has not been done."""
    application, installation = state.application, state.installation
    if application is None or installation is None or state.retired:
        return None
    allowed = application.old_pair is OldPair.DELETE and application.key_policy is KeyPolicy.REKEY
    return installation if allowed and application.status is ApplicationStatus.INSTALLED else None


def choose_retirement(state: State, event: e.RetirementChosen) -> Next:
    """From now on the token is known by its new certificate."""
    installation = retirable(state)
    if installation is None or state.token is None:
        return state, ()
    return at(replace(state, chosen=refer(state.token, installation.new)), Step.RETIRE_PIN), ()


def back_to_done(state: State, event: e.BackPressed) -> Next:
    """The old pair stays."""
    return at(state, Step.DONE), ()


def retire(state: State, event: e.PinEntered) -> Next:
    """Delete the old certificate and its key."""
    installation = retirable(state)
    if installation is None:
        event.pin.wipe()
        return at(state, Step.DONE), ()
    return with_pin(
        state, event.pin, Step.RETIRING, lambda ref, pin, application: c.Retire(ref, pin, application, installation)
    )


def retired(state: State, event: e.Retired) -> Next:
    """Back to the receipt."""
    return at(replace(state, retired=True, key_left=event.left), Step.DONE), ()
