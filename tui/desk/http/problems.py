"""Answer errors as `application/problem+json` (RFC 9457), check the kiosk's version, log without personal data."""

import logging
import re
import time
from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.types import ASGIApp, HTTPReceiveMessage, Message, Receive, Scope, Send, WebSocketReceiveMessage
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from tui.core.failure import Reason
from tui.core.text_safety import printable
from tui.core.version import is_below
from tui.desk.http.legible import refuse_illegible
from tui.desk.rate_limit import Allowance
from tui.desk.refusals import Refused
from tui.deskclient.wire import PROBLEM_TYPE, VERSION_HEADER, Problem
from tui.process.clock import utc_now

_LOG = logging.getLogger(__name__)
_ACCESS = logging.getLogger("tui.desk.access")
_VERSION = re.compile(r"\d{1,6}(\.\d{1,6}){0,3}")
_PROBES_PER_MINUTE = 30
_PATH_SHOWN = 120
"""Characters."""
_GONE = 499
"""Logged, never sent: the peer left, or was sent away, before its request was whole."""
_FOR_EVERYBODY = "/v1/service"


async def check_request(request: Request[Any, Any, State]) -> None:
    """Refuse what cannot be read, and kiosks that are too old.

    :raises Refused: see `refuse_illegible` and `check_version`.
    """
    await refuse_illegible(request)
    await check_version(request)


async def check_version(request: Request[Any, Any, State]) -> None:
    """Refuse kiosks below the minimum; `/service` tells every kiosk what the minimum is.

    :raises Refused: KIOSK_TOO_OLD with `minimum_version`.
    """
    minimum = request.app.state.desk.settings.minimum_kiosk_version
    told = _VERSION.match(request.headers.get(VERSION_HEADER, ""))
    if request.scope["path"] != _FOR_EVERYBODY and (told is None or is_below(told[0], minimum)):
        raise Refused(Reason.KIOSK_TOO_OLD, minimum_version=minimum)


def _answer(problem: Problem) -> Response[bytes]:
    headers = {"Retry-After": str(problem.retry_after)} if problem.retry_after is not None else {}
    return Response(msgspec.json.encode(problem), status_code=problem.status, media_type=PROBLEM_TYPE, headers=headers)


def _refused(_request: Request[Any, Any, Any], error: Refused) -> Response[bytes]:
    return _answer(error.problem)


def _busy(_request: Request[Any, Any, Any], error: SQLAlchemyError) -> Response[bytes]:
    cause = error.orig if isinstance(error, OperationalError) else error
    code = getattr(cause, "sqlite_errorname", "") or getattr(cause, "sqlstate", "")
    _LOG.error("database: %s %s", type(cause).__name__, code or "")
    return _answer(Refused(Reason.DESK_BUSY, retry_after=2).problem)


def _http(_request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    return _answer(Problem("the request is not understood", error.status_code, Reason.KIOSK_FAULT.value))


def _fault(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    _LOG.error("%s %s failed", request.method, printable(request.scope["path"], _PATH_SHOWN), exc_info=error)
    return _answer(Refused(Reason.DESK_FAULT).problem)


HANDLERS: dict[type[Exception] | int, Callable[..., Response[bytes]]] = {
    Refused: _refused,
    OperationalError: _busy,
    NoConnectionFree: _busy,
    HTTPException: _http,
    Exception: _fault,
}


class Probes:
    """One line for a request to what the desk does not have: so many in a minute, however many come."""

    def __init__(self) -> None:
        self._allowance = Allowance(_PROBES_PER_MINUTE)

    async def __call__(self, error: Exception, scope: Scope) -> None:
        """Litestar's `after_exception`; no middleware runs where no route was found."""
        if not isinstance(error, NotFoundException | MethodNotAllowedException):
            return
        if scope["type"] == ScopeType.HTTP and self._allowance.take(utc_now()):
            path = printable(scope["path"], _PATH_SHOWN)
            _ACCESS.info("%s %s %d, unknown", printable(scope["method"], 16), path, error.status_code)


class AccessLog:
    """One line a request: method, path, status, milliseconds; no address, header or body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        begun, status = time.monotonic(), 0

        async def listen() -> HTTPReceiveMessage | WebSocketReceiveMessage:
            nonlocal status
            message = await receive()
            if message["type"] == "http.disconnect":
                status = status or _GONE
            return message

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = status or message["status"]
            await send(message)

        try:
            await self._app(scope, listen, watch)
        finally:
            if scope["type"] == ScopeType.HTTP:
                milliseconds = (time.monotonic() - begun) * 1000
                path = printable(scope["path"], _PATH_SHOWN)
                _ACCESS.info("%s %s %d %.0f ms", scope["method"], path, status, milliseconds)
