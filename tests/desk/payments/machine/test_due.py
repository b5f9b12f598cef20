"""How soon a platform is asked again about a code that is to end."""

from datetime import UTC, datetime, timedelta

import pytest

from tui.core.order import AttemptState
from tui.desk.payments.machine.bill import Attempt
from tui.desk.payments.machine.due import at

MADE = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
END = MADE + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("now", "longest"),
    [(MADE, timedelta(minutes=1)), (END - timedelta(seconds=1), timedelta(minutes=1)), (END, timedelta(hours=1))],
)
def test_a_code_that_may_yet_be_paid_is_asked_about_each_minute_and_later_each_hour(
    now: datetime, longest: timedelta
) -> None:
    attempt = Attempt("ZF1", 100, MADE, END, END, AttemptState.CLOSING)
    waits = []
    for _ in range(30):
        attempt = at(attempt, AttemptState.CLOSING, now)
        assert attempt.next_query_at is not None
        waits.append(attempt.next_query_at - now)
    assert waits == sorted(waits)
    assert timedelta(0) < waits[0] < waits[-1]
    assert longest * 0.5 < waits[-1] <= longest
