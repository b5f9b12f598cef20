"""A pilot that goes on once nothing is left to do, where Textual's looks every 20 ms whether the processor rests.

What Textual leaves to timers of 60 Hz and more, the next frame, the next step of an animation, a new size, is done as
soon as no message is left; and no message is sent to every widget to see that the earlier ones are through. Where a
worker is under way, whose thread nobody sees here, Textual's own way is kept.
"""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from textual import app as textual_app
from textual import pilot as textual_pilot
from textual._context import active_app
from textual._wait import wait_for_idle as textual_idle
from textual.pilot import Pilot
from textual.screen import Screen

LONGEST = 1.0
"""Seconds after which a program that is never idle is left alone, as Textual does."""


@pytest.fixture(scope="session", autouse=True)
def _idle_is_seen_at_once() -> Iterator[None]:
    """For all apps of a process."""
    textual_queues = Pilot._wait_for_screen

    async def wait_for_idle(min_sleep: float = 0.02, max_sleep: float = LONGEST) -> None:
        if _unseen(active_app.get()):
            await textual_idle(min_sleep, max_sleep)
        else:
            await idle(active_app.get(), max_sleep)

    async def wait_for_screen(self: Pilot[Any], timeout: float = 30.0) -> bool:  # noqa: ASYNC109 - as Textual calls it
        if _unseen(self.app):
            return await textual_queues(self, timeout)
        await idle(self.app, LONGEST)
        return True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pilot, "_wait_for_screen", wait_for_screen)
        for module in (textual_app, textual_pilot):
            patch.setattr(module, "wait_for_idle", wait_for_idle)
        yield


async def idle(app: Any, longest: float) -> None:
    """Return when every message has been handled and every frame that is due painted."""
    loop: Any = asyncio.get_running_loop()
    end = loop.time() + longest
    while loop.time() < end:
        await asyncio.sleep(0)
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
        else:
            return


def _unseen(app: Any) -> bool:
    return any(not worker.is_finished for worker in app.workers)


def _due(screen: Screen[Any]) -> bool:
    return screen.is_current and bool(
        screen._dirty_widgets
        or screen._layout_required
        or screen._scroll_required
        or screen._repaint_required
        or screen._recompose_required
        or screen._callbacks
    )
