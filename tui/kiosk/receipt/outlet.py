"""Hand a receipt over to whoever takes it, and say what became of it."""

import logging
from collections.abc import Sequence

from tui.core.receipt import OutletRefused
from tui.kiosk.ports import Outlet
from tui.kiosk.text.receipt import delivered_words, trouble_words

_log = logging.getLogger(__name__)


def deliver(outlet: Outlet, lines: Sequence[str]) -> str:
    """One sentence: that it has arrived, or why not; blocks for a bounded time."""
    try:
        outlet.put(lines)
    except OutletRefused as refused:
        _log.warning("the receipt was not handed over: %s %s", refused.trouble.value, refused)
        return trouble_words(refused.trouble)
    return delivered_words(outlet.kind)
