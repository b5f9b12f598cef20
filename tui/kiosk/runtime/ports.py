"""The adapters of one runtime."""

from dataclasses import dataclass

from tui.journey.ports import DeskPort, SelfCheckPort, TokenPort


@dataclass(frozen=True, slots=True)
class Ports:
    """The adapters that commands are run against."""

    tokens: TokenPort
    desk: DeskPort
    checks: SelfCheckPort
