"""A QR code of text instead of a payment."""

from tui.kiosk.matrix import Modules
from tui.kiosk.widgets.qr import QrCode


class TextCode(QrCode):
    """At level L, for a screen is neither creased nor dirty."""

    def take(self, found: Modules) -> None:
        """Draw these modules."""
        self._modules = found
        self.refresh(layout=True)
