"""Save the form that is being filled at the desk, soon after a change; the latest only, none once handed in."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from tui.journey import commands as c
from tui.kiosk.runtime.ports import Ports
from tui.kiosk.runtime.unexpected import failure_of

_log = logging.getLogger(__name__)


class Keeping:
    """One call at a time and one pause before each; a failure is logged, for the person has lost nothing yet."""

    def __init__(self, opened: Callable[[], Awaitable[Ports]], pause: float, farewell: float) -> None:
        self._opened, self._pause, self._farewell = opened, pause, farewell
        self._waiting: c.KeepForm | None = None
        self._kept: c.KeepForm | None = None
        self._hurry = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def keep(self, command: c.KeepForm) -> None:
        """Keep it after the pause, unless a later one comes."""
        if command == (self._waiting or self._kept):
            return
        self._waiting = command
        if self._task is None or self._task.done():
            self._hurry.clear()
            self._task = asyncio.get_running_loop().create_task(self._work(), name="KeepForm")

    async def finish(self) -> None:
        """The person leaves: what waits goes at once, in bounded time, and is forgotten here."""
        self._hurry.set()
        await self._settle()

    async def drop(self) -> None:
        """The form is handed in: what waits goes nowhere, and a call under way ends first."""
        self._waiting = None
        await self.finish()

    async def _settle(self) -> None:
        if (task := self._task) is not None:  # which stays, should whoever waits be cancelled
            await asyncio.wait({task}, timeout=self._farewell / 2)  # the sign-out has the other half
            task.cancel()
        self._task = self._waiting = self._kept = None

    async def _work(self) -> None:
        while self._waiting is not None:
            try:
                async with asyncio.timeout(self._pause):
                    await self._hurry.wait()
            except TimeoutError:
                pass
            if (command := self._waiting) is None:
                return
            self._waiting, self._kept = None, command
            try:
                await (await self._opened()).desk.keep_form(command.certificate, command.form)
            except Exception as error:  # noqa: BLE001 - the next change is kept all the same
                self._kept = None
                failure = failure_of(error)
                _log.info("the form was not kept: %s %s", failure.reason.value, failure.detail)
