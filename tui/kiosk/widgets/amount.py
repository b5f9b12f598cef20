"""The amount to pay, in figures at the far end of the row whose button leads on to paying it."""

from tui.core.order import Application, yuan
from tui.kiosk.widgets.figures import drawn
from tui.kiosk.widgets.words import Words


class Amount(Words):
    """At the same place on every page from the payment notice to the invoice; a page says it in words as well."""

    def __init__(self) -> None:
        super().__init__(id="amount-due")

    def show(self, application: Application | None) -> None:
        """Draw the order's total; nothing before there is an order."""
        if application is not None and application.order is not None:
            self.update(drawn(yuan(application.order.total_fen), "$accent"))
