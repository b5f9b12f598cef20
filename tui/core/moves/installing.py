"""Step 8: the new certificate written, proved and confirmed."""

from dataclasses import replace

from tui.core import commands as c
from tui.core import events as e
from tui.core.moves.applying import with_pin
from tui.core.moves.common import Next, at
from tui.core.order import ApplicationStatus
from tui.core.state import Busy, State, Step


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
