"""The adapters of one runtime."""

from dataclasses import field

from tui.core.frozen import frozen
from tui.journey.ports import DeskPort, SelfCheckPort, TokenPort
from tui.kiosk.runtime.desk_time import DeskTime


@frozen
class Ports:
    """The adapters that commands are run against."""

    tokens: TokenPort
    desk: DeskPort
    checks: SelfCheckPort
    time: DeskTime = field(default_factory=DeskTime)
    """What the checks go by, too."""
