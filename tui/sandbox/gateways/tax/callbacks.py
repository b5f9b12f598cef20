"""Send the played tax platform's callback: one form, once, when the invoice is issued."""

import contextlib
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import httpx
import msgspec

from tui.sandbox.gateways.common.notices import merchants_client

Caller = Callable[[str, str, str], None]
"""Is told address, order number and serial number of what will be issued."""


class _Content(msgspec.Struct, frozen=True):
    c_orderno: str
    c_fpqqlsh: str
    c_status: str = "1"


def caller(delay: timedelta, ca_file: Path) -> Caller:
    """Posts to the merchant after `delay`; an unreachable merchant is not called again."""

    def post(url: str, order_no: str, serial: str) -> None:
        content = msgspec.json.encode(_Content(order_no, serial)).decode()
        form = urlencode({"operater": "callback", "orderno": order_no, "content": content})
        with contextlib.suppress(httpx.HTTPError, httpx.InvalidURL), merchants_client(ca_file) as client:
            client.post(url, content=form.encode())

    def call(url: str, order_no: str, serial: str) -> None:
        timer = threading.Timer(delay.total_seconds(), post, (url, order_no, serial))
        timer.daemon = True
        timer.start()

    return call
