"""The amount to pay, in figures at the far end of the row whose button leads on to paying it."""

from textual.content import Content

from tui.core.order import Application, yuan
from tui.kiosk.widgets.figures import drawn
from tui.kiosk.widgets.words import Words


class Amount(Words):
    """At the same place on every page from the payment notice to the invoice; a page says it in words as well."""

    def __init__(self) -> None:
        super().__init__(id="amount-due")

    def show(self, application: Application | None, named: str = "") -> None:
        """Draw the total of the application that is to be paid, after what it is called where the page has not said so.

        Nothing without an application, nor before it has an order.
        """
        order = application.order if application is not None else None
        words = " ".join(filter(None, (named, yuan(order.total_fen)))) if order is not None else ""
        self.update(drawn(words, "$accent") if words else Content(""))
