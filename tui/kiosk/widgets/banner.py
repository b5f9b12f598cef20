"""The failure banner: what happened, what to do, whom to call, and whether the money is safe."""

from typing import TYPE_CHECKING

from textual.content import Content

from tui.core.failure import Failure, Money
from tui.kiosk.text.wording import explain
from tui.kiosk.widgets.words import Words

if TYPE_CHECKING:
    from tui.core.order import ServiceStatus


class FailureBanner(Words):
    """Hidden while nothing failed."""

    def __init__(self) -> None:
        super().__init__("")
        self.display = False

    def show(self, failure: Failure | None, money: Money, service: "ServiceStatus | None" = None) -> None:
        """Word `failure`, or hide."""
        self.display = failure is not None
        if failure is None:
            return
        words = explain(failure, money, service)
        self.update(Content("\n").join([Content.styled(words.happened, "bold"), *map(Content, words.lines)]))
