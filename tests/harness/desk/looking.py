"""Kiosks that look at an application of a town's desk and let it hold the answer, all in one event loop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import httpx
import pytest

from tests.harness.desk.town import Person, Town
from tui.desk.http import long_poll
from tui.desk.http.api import create_app
from tui.desk.http.waiters import Waiters
from tui.desk.storage.announcements import Announcements

PATIENCE = 30.0
WAIT = 300
"""Seconds that an answer is held: whose wait nobody ends is out of patience before."""


@dataclass
class Onlooker:
    """Asks by this session, and knows when the desk begins to hold an answer."""

    person: Person
    waiters: Waiters
    announcements: Announcements
    client: httpx.AsyncClient
    held: asyncio.Semaphore
    """Released for each answer that is being held."""

    async def look(self, business_no: str, **headers: str) -> httpx.Response:
        """The application, by these header fields more."""
        mine = self.person.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.get(f"/v1/applications/{business_no}", headers=mine)

    async def hold(self, business_no: str, seconds: int = WAIT) -> "asyncio.Task[httpx.Response]":
        """Look once, then again until something changes; it is held already."""
        seen = await self.look(business_no)
        task = asyncio.create_task(self.look(business_no, Prefer=f"wait={seconds}", If_None_Match=seen.headers["etag"]))
        async with asyncio.timeout(PATIENCE):
            await self.held.acquire()
        return task


@asynccontextmanager
async def onlooker(town: Town, person: Person, patch: pytest.MonkeyPatch) -> AsyncIterator[Onlooker]:
    """Somebody who looks at this town's desk."""
    held, hold = asyncio.Semaphore(0), long_poll._hold

    async def say_so(request: long_poll.Asked, news: asyncio.Event, seconds: float) -> None:
        held.release()
        await hold(request, news, seconds)

    patch.setattr(long_poll, "_hold", say_so)
    patch.setattr(long_poll, "LONGEST", WAIT)
    waiters = Waiters()
    announcements = Announcements(town.desk.engine, waiters.tell)
    announcements.listen()
    transport = httpx.ASGITransport(cast(Any, create_app(town.desk, waiters)))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="https://desk", timeout=PATIENCE) as client:
            yield Onlooker(person, waiters, announcements, client, held)
    finally:
        announcements.stop()


async def ended(task: "asyncio.Task[httpx.Response]") -> httpx.Response:
    """The answer, which comes long before the wait is over."""
    async with asyncio.timeout(PATIENCE):
        return await task
