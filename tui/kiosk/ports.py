"""What the app needs of the runtime and of the receipt's ways out, which it does not know."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tui.core.receipt import OutletKind
    from tui.journey.commands import Command
    from tui.journey.events import Event


class Runtime(Protocol):
    """`tui.kiosk.runtime.runtime.Runtime`, as the app sees it."""

    def start(self, post: Callable[["Event"], None]) -> None: ...

    def run(self, command: "Command") -> None: ...

    def stop(self) -> None: ...


class Outlet(Protocol):
    """One place where a receipt can go. `put` blocks for a bounded time and belongs on a thread of its own."""

    @property
    def kind(self) -> "OutletKind":
        """Paper or folder."""
        ...

    def put(self, lines: Sequence[str]) -> None:
        """Hand the lines over.

        :raises OutletRefused: they did not arrive.
        """
        ...


Outlets = tuple[Outlet, ...]
