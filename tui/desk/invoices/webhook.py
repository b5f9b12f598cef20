"""Receive the tax platform's callback, which is not signed: it proves nothing and only triggers a query."""

from urllib.parse import parse_qs

import msgspec

from tui.desk.context import Desk
from tui.desk.invoices.service import hint
from tui.desk.payments.gateway import NUMBER

REPLY = '{"status":"0000","message":"同步成功"}'.encode()
"""What ends the platform's sending, whatever it sent."""


class _Content(msgspec.Struct, frozen=True):
    c_orderno: str = ""


def receive(desk: Desk, body: bytes) -> bytes:
    """Take in one callback and answer it."""
    if number := _order_no(body):
        hint(desk, number)
    return REPLY


def _order_no(body: bytes) -> str:
    try:
        form = parse_qs(body.decode("utf-8"), max_num_fields=20)
        content = msgspec.json.decode(form.get("content", ["{}"])[0], type=_Content)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return ""
    number = content.c_orderno or form.get("orderno", [""])[0]
    return number if NUMBER.fullmatch(number) else ""
