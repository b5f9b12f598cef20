"""The question how an application stands, answered at once or, if the kiosk likes, when the answer is another one.

A kiosk says `Prefer: wait=N` (RFC 7240 4.3) and, by `If-None-Match`, what it has seen (RFC 9110 13.1.2). The answer is
held until it is another one, and is 304 when the wait is over. A kiosk that says neither is answered at once.
"""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.datastructures import State

from tui.core.order import Application
from tui.desk.http.connection import HELD
from tui.desk.http.idempotency import Bearer
from tui.desk.http.waiters import Waiters
from tui.desk.renewals.accounts import digest

LONGEST = 25.0
"""Seconds; many a proxy gives an answer up after 30."""
_LOOKS = ThreadPoolExecutor(4, "desk-looks")
"""Of their own: no look waits for whoever asks a platform that is slow."""
_SESSION_SURE = 0.9
"""Of its lifetime: a session lives so long after its use, since a use that finds less left prolongs it."""
_WAIT = re.compile(r"(?:^|[,;])\s*wait\s*=\s*\"?(\d{1,6})\"?\s*(?:[,;]|$)", re.IGNORECASE)
Asked = Request[Any, Any, State]


async def answer(request: Asked, waiters: Waiters, bearer: Bearer, business_no: str) -> Response[bytes]:
    """The application, or 304 where it is still what the kiosk has seen; the session is checked before and after.

    :raises Refused: SESSION_ENDED or APPLICATION_MISSING.
    """
    asked, known = _WAIT.search(request.headers.get("prefer", "")), _tags(request.headers.get("if-none-match", ""))
    seconds = min(float(asked[1]), LONGEST, _SESSION_SURE * bearer.desk.settings.session_seconds) if asked else 0.0
    loop = asyncio.get_running_loop()
    with waiters.waiting(business_no, digest(bearer.token)) as news:
        end = loop.time() + seconds
        gone = asyncio.create_task(_gone(request)) if known and seconds else None
        if gone is not None:
            gone.add_done_callback(lambda _: news.set())
        try:
            while True:
                news.clear()
                application = await loop.run_in_executor(_LOOKS, bearer.see, business_no)
                tag = _tag(application)
                left = end - loop.time()
                if tag not in known or left <= 0 or waiters.are_released:
                    break
                await _hold(request, news, left)
                if gone is not None and gone.done():
                    break  # nobody takes the answer
        finally:
            if gone is not None:
                gone.cancel()
    headers = {"ETag": tag} | ({"Preference-Applied": f"wait={asked[1]}"} if asked else {})
    if tag in known:
        return Response(b"", status_code=304, headers=headers)
    return Response(msgspec.json.encode(application), media_type="application/json", headers=headers)


async def _hold(request: Asked, news: asyncio.Event, seconds: float) -> None:
    """Wait for news so long; meanwhile the connection may be given to somebody else."""
    state = request.scope["state"]
    state[HELD] = True
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await news.wait()
    finally:
        state[HELD] = False


async def _gone(request: Asked) -> None:
    """Until the kiosk has gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _tags(field: str) -> frozenset[str]:
    """Of If-None-Match; ours have no comma."""
    return frozenset(tag for one in field.split(",") if (tag := one.strip()))


def _tag(application: Application) -> str:
    """A weak one: the same for the same state, whatever time is left for its code."""
    if application.attempt is not None:
        application = replace(application, attempt=replace(application.attempt, expires_in=0))
    return f'W/"{sha256(msgspec.json.encode(application)).hexdigest()[:32]}"'
