"""Tell whether a journey is about the certificate that a script named by its serial number."""

from tui.core.certificate import find
from tui.core.x509.parts import serial_of
from tui.journey.state import State


def is_named(serial: str, state: State) -> bool:
    """The certificate that the desk was asked about, or its renewal's old or new one, has this serial. Empty is any.

    :raises ValueError: the desk's old certificate is none.
    """
    application = state.application or (state.offer.application if state.offer else None)
    known = {state.chosen.serial if state.chosen else "", state.renewed.serial if state.renewed else ""}
    if application is not None and application.old_certificate:
        known.add(serial_of(application.old_certificate))
    elif application is not None and find(state.tokens, application.fingerprint) is None:
        return True  # a desk that does not tell the old one, which the token has no longer
    asked = state.offer or state.finished
    return not serial or not asked or serial in known
