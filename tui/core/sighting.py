"""An application as it was last seen, which a kiosk's next question may refer to."""

from tui.core.frozen import frozen
from tui.core.order import Application


@frozen
class Sighting:
    """One answer to the question how an application stands."""

    application: Application
    tag: str = ""
    """The desk's name for this state of it (RFC 9110 8.8.3), where the desk can wait for another one; else empty."""
