"""Sign-ins on threads of their own: however many come, nobody who is signed in waits for their slow hashes."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tui.core.failure import Reason
from tui.desk.refusals import Refused


class SignIns:
    """So many at once, for each hash takes a core and 19 MiB; more wait, and even more are told to come later."""

    def __init__(self, at_once: int = 2, waiting: int = 62) -> None:
        """No thread is started before the first."""
        self._threads = ThreadPoolExecutor(at_once, "desk-sign-in")
        self._free = at_once + waiting

    async def take(self, sign_in: Callable[[], str]) -> str:
        """What `sign_in` gives, once it is its turn.

        :raises Refused: DESK_BUSY, or what `sign_in` raises.
        """
        if not self._free:
            raise Refused(Reason.DESK_BUSY, retry_after=2)
        self._free -= 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, sign_in)
        finally:
            self._free += 1

    async def close(self) -> None:
        """Let go of the threads, when nobody signs in any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)
