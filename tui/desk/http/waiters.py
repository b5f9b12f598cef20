"""Those who wait for news: while they wait they take no thread, no connection of the database and no statement."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Waiters:
    """Waits of one event loop, each for one of several subjects; anybody may tell that there is news of one."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self.are_released = False
        """Nobody shall wait any more: the desk ends."""

    @contextmanager
    def waiting(self, *subjects: str) -> Iterator[asyncio.Event]:
        """What is set at news of a subject, from now on: whoever looks afterwards misses nothing."""
        self._loop, news = asyncio.get_running_loop(), asyncio.Event()
        for subject in subjects:
            self._waiting.setdefault(subject, set()).add(news)
        try:
            yield news
        finally:
            for subject in subjects:
                self._waiting[subject].discard(news)
                if not self._waiting[subject]:
                    del self._waiting[subject]

    def tell(self, subject: str = "") -> None:
        """There is news of it, or, without a subject, maybe of any; may be called in any thread."""
        loop = self._loop
        if loop is not None and (subject in self._waiting or (self._waiting and not subject)):
            with suppress(RuntimeError):  # the loop has ended, and with it everybody's wait
                loop.call_soon_threadsafe(self._wake, subject)

    def release(self) -> None:
        """Let everybody go, now and later; called in the loop's thread."""
        self.are_released = True
        self._wake("")

    def _wake(self, subject: str) -> None:
        whose = self._waiting.values() if not subject else (self._waiting.get(subject, set()),)
        for news in {news for waiting in whose for news in waiting}:
            news.set()
