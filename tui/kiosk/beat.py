"""Look at the clock again and again: each second while something counts, seldom while nobody is there."""

import asyncio
from collections.abc import Awaitable, Callable

BEAT = 1.0
"""Seconds between two looks while a person is at work."""
REST = 10.0
"""Seconds between two looks while nobody is."""


class Beat:
    """Calls `look`, each time as many seconds after the last one as that has said."""

    def __init__(self, look: Callable[[], Awaitable[float]], failed: Callable[[Exception], None]) -> None:
        """`failed` is told what `look` raises, after which it is not called again."""
        self._look, self._failed = look, failed
        self._due = 0.0
        self._waking: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """The first look is a second away; to be called in the event loop."""
        self._task = asyncio.create_task(self._beat())
        self._task.add_done_callback(self._ended)

    def soon(self) -> None:
        """Look at once, unless a look is due within a second."""
        if self._waking is not None and self._due - asyncio.get_running_loop().time() > BEAT:
            self._wake()

    def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        pause, self._due = BEAT, loop.time()
        while True:
            self._due = max(self._due + pause, loop.time())
            self._waking = loop.create_future()
            alarm = loop.call_at(self._due, self._wake)
            await self._waking
            alarm.cancel()
            self._due = min(self._due, loop.time())
            pause = await self._look()

    def _wake(self) -> None:
        if self._waking is not None and not self._waking.done():
            self._waking.set_result(None)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and isinstance(error := task.exception(), Exception):
            self._failed(error)
