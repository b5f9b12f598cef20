"""What the app needs of the runtime, which it does not know."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tui.journey.commands import Command
    from tui.journey.events import Event


class Runtime(Protocol):
    """`tui.kiosk.runtime.runtime.Runtime`, as the app sees it."""

    def start(self, post: Callable[["Event"], None]) -> None: ...

    def run(self, command: "Command") -> None: ...

    def stop(self) -> None: ...
