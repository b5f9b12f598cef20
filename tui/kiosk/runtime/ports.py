"""The adapters of one runtime."""

from tui.core.frozen import frozen
from tui.journey.ports import DeskPort, SelfCheckPort, TokenPort


@frozen
class Ports:
    """The adapters that commands are run against."""

    tokens: TokenPort
    desk: DeskPort
    checks: SelfCheckPort
