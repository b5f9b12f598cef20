"""When a platform is asked next about an attempt: often while its code is shown, ever more seldom while it is ended."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tui.core.order import SHOWN_ATTEMPT, AttemptState
from tui.desk.backoff import delay
from tui.desk.payments.machine.bill import Attempt

_KEEN, _STEADY = timedelta(seconds=3), timedelta(seconds=5)
_KEEN_FOR = timedelta(seconds=60)
_SECOND, _MINUTE, _HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
_ONCE_MORE = timedelta(minutes=1)
"""After its end a closed attempt is asked about a last time: no official word says that a cancelled code is dead."""


def at(attempt: Attempt, state: AttemptState, now: datetime, **changes: Any) -> Attempt:
    """The attempt in this state, due when that is to be asked about."""
    if state in SHOWN_ATTEMPT:
        pace = _KEEN if now < attempt.txn_time + _KEEN_FOR else _STEADY
        due = min(now + pace, max(attempt.shown_until, now))
        return replace(attempt, state=state, next_query_at=due, **changes)
    if state is AttemptState.CLOSING:
        queries = 1 + (attempt.queries if attempt.state is state else 0)
        wait = delay(queries, first=_SECOND, longest=_MINUTE if now < attempt.expires_at else _HOUR)
        return replace(attempt, state=state, next_query_at=now + wait, queries=queries, **changes)
    asked_again = attempt.expires_at + _ONCE_MORE
    if state is AttemptState.CLOSED and now < asked_again:
        return replace(attempt, state=state, next_query_at=asked_again, **changes)
    return replace(attempt, state=state, next_query_at=None, **changes)
