"""All stand-ins that speak HTTP, each on its own port with TLS, in one thread."""

import asyncio
import socket
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn

from tui.core.payment_method import PaymentMethod
from tui.sandbox.files import tax_keys
from tui.sandbox.gateways.common.connection import CuttableProtocol
from tui.sandbox.gateways.registry import counterpart
from tui.sandbox.gateways.sms.gateway import sms_app
from tui.sandbox.gateways.tax.callbacks import caller
from tui.sandbox.gateways.tax.gateway import tax_app

ISSUE_AFTER = timedelta(seconds=3)
"""How long the tax platform takes for an invoice."""


class Gateways:
    """Payment platforms, tax platform and SMS gateway of one sandbox folder."""

    def __init__(self, directory: Path, listeners: dict[str, socket.socket]) -> None:
        """`directory` was filled by `make_keys`; `listeners` by the names of the payment platforms, tax and sms."""
        self._served = [
            (uvicorn.Server(_config(application, directory / "tls")), listeners[name])
            for name, application in _applications(directory).items()
        ]
        self._thread = threading.Thread(target=self._run, name="gateways", daemon=True)

    def start(self) -> None:
        """Begin; the sockets listen already, so a caller may connect at once."""
        self._thread.start()

    def stop(self) -> None:
        """End all, in good order."""
        for server, _ in self._served:
            server.should_exit = True
        self._thread.join()

    def _run(self) -> None:
        async def serve() -> None:
            await asyncio.gather(*(server.serve(sockets=[listener]) for server, listener in self._served))

        asyncio.run(serve())


def _applications(directory: Path) -> dict[str, Any]:
    ca_file = directory / "tls/ca.pem"
    return {
        **{
            method.value: counterpart(method).application(directory / method.value, notice_ca=ca_file)
            for method in PaymentMethod
        },
        "tax": tax_app(
            directory / "tax", tax_keys(directory), issue_after=ISSUE_AFTER, call=caller(ISSUE_AFTER, ca_file)
        ),
        "sms": sms_app(directory / "sms", (directory / "sms.key").read_bytes()),
    }


def _config(application: Any, tls: Path) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http=CuttableProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
        ssl_certfile=str(tls / "server.pem"),
        ssl_keyfile=str(tls / "server.key"),
    )
