"""Refuse text and numbers that no part of the desk can store: no Unicode, NUL, endless digits or nesting."""

import re
from typing import Any
from urllib.parse import unquote_to_bytes

import msgspec
from litestar import Request
from litestar.datastructures import State

from tui.core.failure import Reason
from tui.desk.refusals import Refused

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_LARGEST = 1 << 63
"""No column holds a larger number."""


async def refuse_illegible(request: Request[Any, Any, State]) -> None:
    """Refuse a request before any rule sees it: PostgreSQL takes no NUL, and no database a lone surrogate.

    :raises Refused: KIOSK_FAULT (400) that says which part it is.
    """
    for name in ("raw_path", "query_string"):
        part: bytes = request.scope.get(name) or b""  # type: ignore[assignment]
        if not _is_text(unquote_to_bytes(part)):
            raise Refused(Reason.KIOSK_FAULT, f"{name} is no text")
    if any(b"\0" in value for _name, value in request.scope["headers"]):
        raise Refused(Reason.KIOSK_FAULT, "a header holds NUL")
    if body := await request.body():
        try:
            told: object = msgspec.json.decode(body)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            raise Refused(Reason.KIOSK_FAULT, "body is no JSON") from error
        if not _is_storable(told):
            raise Refused(Reason.KIOSK_FAULT, "body holds what cannot be stored")


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


def _is_storable(value: object) -> bool:
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as text if _UNSTORABLE.search(text):
                return False
            case int() as number if abs(number) >= _LARGEST:
                return False
            case float() as number if abs(number) >= _LARGEST:
                return False
            case list() as items:
                waiting += items
            case dict() as members:
                waiting += [*members, *members.values()]
    return True
