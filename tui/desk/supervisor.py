"""Several processes at the same work: each is a copy of the one that begins them and sees that they live."""

import logging
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic

from sqlalchemy.exc import SQLAlchemyError

from tui.desk.backoff import delay
from tui.process.hardening import end_with_parent

_LOG = logging.getLogger(__name__)
_SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}
_SOON, _LONGEST = timedelta(seconds=1), timedelta(minutes=1)
_SETTLED = 60.0
"""Seconds after which a worker's end has nothing to do with its beginning."""
_LONG = 3600.0
_FAULT = 70
"""Exit code; sysexits(3) EX_SOFTWARE."""


@dataclass(slots=True)
class _Place:
    """One worker's, who is replaced by another."""

    pid: int = 0
    """0: nobody is there."""
    begun: float = 0.0
    due: float = field(default_factory=monotonic)
    """When somebody has to be there."""
    failures: int = 0


class Supervisor:
    """Keeps so many processes at work. It lives in the main thread of a process that has no other thread."""

    def __init__(self, count: int, prepare: Callable[[], None], work: Callable[[], None]) -> None:
        """`prepare` is called here before each beginning: what it raises ends all.

        But a database that is away, or a system that has no process to give, is waited for.
        """
        self._places = [_Place() for _ in range(count)]
        self._prepare, self._work = prepare, work
        self._mask: set[signal.Signals | int] = set()

    def run(self, on_begun: Callable[[], None]) -> None:
        """Until SIGTERM or SIGINT, which all are given; returns once they have ended.

        :raises Exception: what `prepare` raises.
        """
        self._mask = set(signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS))
        try:
            self._begin()
            on_begun()
            while True:
                told = signal.sigtimedwait(_SIGNALS, self._rest())
                if told is not None and told.si_signo != signal.SIGCHLD:
                    return
                self._reap()
                self._begin()
        finally:
            self._end()
            signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)

    def _rest(self) -> float:
        dues = [place.due for place in self._places if not place.pid]
        return max(0.0, min(dues) - monotonic()) if dues else _LONG

    def _begin(self) -> None:
        for place in self._places:
            if place.pid or place.due > monotonic():
                continue
            try:
                self._prepare()
                place.begun, place.pid = monotonic(), self._fork()
            except (SQLAlchemyError, OSError) as error:
                _LOG.error("no worker is begun yet: %s", type(error).__name__)
                self._put_off(place)

    def _reap(self) -> None:
        for place in self._places:
            if place.pid and os.waitpid(place.pid, os.WNOHANG)[0]:
                _LOG.error("worker %d has ended and is replaced", place.pid)
                if monotonic() - place.begun > _SETTLED:
                    place.failures = 0
                place.pid = 0
                self._put_off(place)

    def _put_off(self, place: _Place) -> None:
        place.failures += 1
        place.due = monotonic() + delay(place.failures, first=_SOON, longest=_LONGEST).total_seconds()

    def _end(self) -> None:
        for place in self._places:
            if place.pid:
                os.kill(place.pid, signal.SIGTERM)
        for place in self._places:
            if place.pid:
                os.waitpid(place.pid, 0)

    def _fork(self) -> int:
        parent = os.getpid()
        if pid := os.fork():
            return pid
        code = _FAULT
        try:
            end_with_parent(parent)
            signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)
            self._work()
            code = 0
        finally:  # nothing of what the parent has begun may go on here
            if code:
                _LOG.error("a worker ends", exc_info=True)
            logging.shutdown()
            os._exit(code)
