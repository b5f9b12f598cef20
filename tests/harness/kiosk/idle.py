"""A pilot that goes on once nothing is left to do, where Textual's looks every 20 ms whether the processor rests.

What Textual leaves to timers of 60 Hz and more, the next frame, the next step of an animation, a new size, is done as
soon as no message is left; and no message is sent to every widget to see that the earlier ones are through. However
long it takes: on a busy machine Textual's second is over, and its processor rests, while there is work.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from textual import app as textual_app
from textual import pilot as textual_pilot
from textual._context import active_app
from textual.pilot import Pilot
from textual.screen import Screen
from textual.worker import Worker

PATIENCE = 60.0
"""Seconds after which a program that is never idle has failed."""
_held: set[str] = set()
"""Groups of workers that are not waited for."""


@contextmanager
def held(group: str) -> Iterator[None]:
    """Meanwhile workers of this group are not waited for: the test lets them end later."""
    _held.add(group)
    try:
        yield
    finally:
        _held.discard(group)


@pytest.fixture(scope="session", autouse=True)
def _idle_is_seen_at_once() -> Iterator[None]:
    """For all apps of a process."""

    async def wait_for_idle(min_sleep: float = 0.0, max_sleep: float = 0.0) -> None:
        await idle(active_app.get())

    async def wait_for_screen(self: Pilot[Any], timeout: float = 0.0) -> bool:  # noqa: ASYNC109 - as Textual calls it
        await idle(self.app)
        return True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pilot, "_wait_for_screen", wait_for_screen)
        for module in (textual_app, textual_pilot):
            patch.setattr(module, "wait_for_idle", wait_for_idle)
        yield


async def idle(app: Any) -> None:
    """Return when every message has been handled, every worker has ended and every frame that is due is painted."""
    loop: Any = asyncio.get_running_loop()
    end = loop.time() + PATIENCE
    while True:
        await asyncio.sleep(0)
        assert loop.time() < end, "the program is never idle"
        if loop._ready:
            continue
        if not app._running or not app._screen_stack:
            return
        if app._resize_event is not None:
            app._check_resize()
        elif app._animator._animations:
            app._animator()
        elif _due(app.screen):
            app.screen._on_timer_update()
        elif working := [worker._task for worker in app.workers if _is_waited_for(worker)]:
            await asyncio.wait(working, timeout=PATIENCE)
        else:
            return


def _is_waited_for(worker: Worker[Any]) -> bool:
    return not worker.is_finished and worker.group not in _held


def _due(screen: Screen[Any]) -> bool:
    return screen.is_current and bool(
        screen._dirty_widgets
        or screen._layout_required
        or screen._scroll_required
        or screen._repaint_required
        or screen._recompose_required
        or screen._callbacks
    )
