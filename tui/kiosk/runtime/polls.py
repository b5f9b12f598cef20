"""Watch tokens, ask after the desk, and poll one application, each in a loop of its own."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from math import floor

from tui.core.failure import Failure, KioskError, Reason
from tui.core.order import Application, ApplicationStatus
from tui.core.sighting import Sighting
from tui.journey.events import ApplicationSeen, DeskLost, Event, Failed, ServiceSeen, TokensSeen
from tui.journey.ports import DeskPort, TokenPort
from tui.kiosk.runtime.desk_time import DeskTime
from tui.kiosk.runtime.pace import Pace
from tui.kiosk.runtime.unexpected import failure_of

_log = logging.getLogger(__name__)
Post = Callable[[Event], None]

_MOVING = frozenset({ApplicationStatus.ENTERED, ApplicationStatus.ISSUING})
"""The desk moves these on by itself."""

LOST = frozenset({Reason.DESK_UNREACHABLE, Reason.DESK_TIMEOUT, Reason.DESK_FAULT, Reason.DESK_BUSY})
"""Failures after which asking again may help."""


async def watch_tokens(tokens: TokenPort, post: Post, clock: Callable[[], datetime], pace: Pace) -> None:
    """Post every snapshot; begin again when the watch breaks."""
    failures = 0
    while True:
        try:
            async for snapshot in tokens.watch():
                failures = 0
                post(TokensSeen(snapshot, clock()))
            return
        except Exception as error:  # noqa: BLE001 - the outermost loop of a watcher: without it no token is ever seen
            failures += 1
            post(Failed(_told(error, "WatchTokens"), "WatchTokens"))
        await asyncio.sleep(pace.back_off(failures, None))


async def watch_service(desk: DeskPort, post: Post, time: DeskTime, pace: Pace) -> None:
    """Ask the desk's status at once and again and again; a loss is told once, and again when its reason is another."""
    losses, told = 0, None
    while True:
        try:
            status = await desk.status()
            time.told(status.time)
        except Exception as error:  # noqa: BLE001 - the outermost loop of a watcher
            losses += 1
            failure = _told(error, "WatchService")
            if failure.desk_time is not None:
                time.told(failure.desk_time)
            if failure.reason is not told:
                post(DeskLost(failure))
                told = failure.reason
            pause = pace.back_off(losses, failure.retry_after)
        else:
            losses, told = 0, None
            post(ServiceSeen(status))
            pause = pace.service
        await asyncio.sleep(pause)


async def watch_application(desk: DeskPort, business_no: str, post: Post, pace: Pace) -> None:
    """Post the application whenever it differs from what was posted, and after each loss of the desk.

    A desk that can wait for a change is asked again as soon as it has told one, any other at the pace of the polls; so
    is either about an application that no longer moves by itself: whoever hears that stops this poll.

    :raises KioskError: the desk refuses; the poll is over then.
    """
    now = asyncio.get_running_loop().time
    begun = told = now()
    losses = 0
    seen: Sighting | None = None
    posted: Application | None = None
    while True:
        asked = now()
        try:
            answer = await desk.application(business_no, seen)
        except Exception as error:
            failure = _told(error, "WatchApplication")
            if isinstance(error, KioskError) and failure.reason not in LOST:
                raise
            losses += 1
            if losses == 1:
                post(DeskLost(failure))
            await asyncio.sleep(pace.back_off(losses, failure.retry_after))
            seen = None  # to be answered at once
            continue
        if answer is not seen:
            told = now()
        changed = seen is None or _timeless(answer.application) != _timeless(seen.application)
        application = _later(answer.application, now() - told)
        if application != posted or losses:
            post(ApplicationSeen(application, polled=True))
        seen, posted, losses = answer, application, 0
        if not answer.tag or application.status not in _MOVING:
            await asyncio.sleep(pace.poll_after(now() - begun))
        elif not changed:
            await asyncio.sleep(max(0.0, pace.poll_after(now() - begun) - (now() - asked)))


def _timeless(application: Application) -> Application:
    return _with_time(application, 0)


def _later(application: Application, seconds: float) -> Application:
    """The same so much later: less time is left for its code."""
    left = application.attempt.expires_in if application.attempt else 0
    return _with_time(application, max(0, left - floor(seconds)))


def _with_time(application: Application, left: int) -> Application:
    attempt = application.attempt
    return application if attempt is None else replace(application, attempt=replace(attempt, expires_in=left))


def _told(error: Exception, watcher: str) -> Failure:
    """The failure; one that nobody expected is said in the log too, by its type and place."""
    failure = failure_of(error)
    if not isinstance(error, KioskError):
        _log.error("%s goes on after %s", watcher, failure.detail)
    return failure
