"""Keys one after another: what is typed ahead waits until the key before it has done its work.

Textual gives a key to the widget that has the focus when the key arrives, and runs the key before it afterwards: of an
account, Enter and a password in one read, as after a stalled connection, all would go into the first field, in clear.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.screen import Screen

PATIENCE: Final = 1.0
"""Seconds a widget may take for one message before the next key goes on its way all the same."""
LONGEST: Final = 250
"""Keys that wait at most; more are dropped."""
FLOOD: Final = 100
"""Keys that nobody types ahead: F1 goes past them and answers at once."""
ROUNDS: Final = 2
"""A key goes up from the focused widget to the app, and what it makes the widget do goes up once more."""


class TypeAhead:
    """Gives keys and pastes to the app one by one; those typed at a screen that is gone by then are dropped."""

    def __init__(self, app: App[Any], deliver: Callable[[events.Event], Awaitable[None]]) -> None:
        self._app, self._deliver = app, deliver
        self._waiting: deque[tuple[MessagePump, events.Event]] = deque()
        self._at_work: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """A key has not yet done all its work."""
        return self._at_work is not None

    async def take(self, event: events.Event) -> None:
        """A key or a paste has come."""
        if self._at_work is not None:
            if isinstance(event, events.Key) and event.key == "f1" and len(self._waiting) > FLOOD:
                self._waiting.clear()
            if len(self._waiting) < LONGEST:
                self._waiting.append((self._app.screen, event))
            return
        await self._deliver(event)
        self._at_work = asyncio.create_task(self._go_on())

    def stop(self) -> None:
        """Forget what waits."""
        self._waiting.clear()
        if self._at_work is not None:
            self._at_work.cancel()

    async def _go_on(self) -> None:
        try:
            await self._settled()
            while self._waiting:
                screen, event = self._waiting.popleft()
                if self._app.is_running and screen is self._app.screen:
                    await self._deliver(event)
                    await self._settled()
        finally:
            self._at_work = None

    async def _settled(self) -> None:
        """Wait until the focused widget, all around it and the app have done what the last key led to."""
        if not self._app.is_running:
            return
        for node in (self._app.focused or self._app.screen).ancestors_with_self * ROUNDS:
            if node.message_queue_size or isinstance(node, App | Screen):  # a widget's own handlers wait for nothing
                await _up_to_date(node)


async def _up_to_date(node: MessagePump) -> None:
    """Wait until `node` has handled every message that it has now."""
    done = asyncio.Event()
    if node.post_message(events.Callback(done.set)):
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await done.wait()
