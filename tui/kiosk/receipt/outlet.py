"""Where a receipt can go, whoever stands behind it, and what may be wrong there."""

import logging
from collections.abc import Sequence
from typing import Protocol

from tui.core.receipt import OutletKind, OutletRefused
from tui.kiosk.text.receipt import delivered_words, trouble_words

_log = logging.getLogger(__name__)


class Outlet(Protocol):
    """One place. `put` blocks for a bounded time and belongs on a thread of its own."""

    @property
    def kind(self) -> OutletKind:
        """Paper or folder."""
        ...

    def put(self, lines: Sequence[str]) -> None:
        """Hand the lines over.

        :raises OutletRefused: they did not arrive.
        """
        ...


Outlets = tuple[Outlet, ...]


def deliver(outlet: Outlet, lines: Sequence[str]) -> str:
    """Hand a receipt over, and say in one sentence what became of it."""
    try:
        outlet.put(lines)
    except OutletRefused as refused:
        _log.warning("the receipt was not handed over: %s %s", refused.trouble.value, refused)
        return trouble_words(refused.trouble)
    return delivered_words(outlet.kind)
