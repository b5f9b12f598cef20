"""The HTTP connection of the payment stand-ins: uvicorn's own, and the means to cut it off without an answer."""

import socket
import struct

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tui.sandbox.gateways.common.http import RESET

_ABORT_ON_CLOSE = struct.pack("ii", 1, 0)


class CuttableProtocol(HttpToolsProtocol):
    """uvicorn's protocol; httptools takes absolute-form targets (RFC 9112, 3.2.2) apart."""

    def on_message_begin(self) -> None:
        """Offer the extension."""
        super().on_message_begin()
        self.scope["extensions"] = {RESET: {"cut": self.cut}}

    def cut(self) -> None:
        """Send RST, unless the caller has left: with SO_LINGER at zero a close throws away what is unsent."""
        if self.transport.is_closing():
            return
        bare = self.transport.get_extra_info("socket")
        bare.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT_ON_CLOSE)
        self.transport.abort()
