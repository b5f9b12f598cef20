"""The pace of the polls: a desk that can wait is asked again at once, any other no more often than before."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.harness.deskclient.samples import application
from tests.harness.kiosk.ports_double import lost
from tui.core.failure import DeskError, Failure, Reason
from tui.core.order import Application, ApplicationStatus
from tui.core.sighting import Sighting
from tui.journey.events import ApplicationSeen, DeskLost, Event
from tui.kiosk.runtime.pace import Pace
from tui.kiosk.runtime.polls import watch_application

HELD = 20.0
END = DeskError(Failure(Reason.APPLICATION_MISSING))
ENTERED, ISSUING = application(), application(ApplicationStatus.ISSUING)
assert ENTERED.attempt is not None
LEFT = ENTERED.attempt.expires_in


def later(seconds: int) -> Application:
    """The first application, whose code ends sooner."""
    assert ENTERED.attempt is not None
    return replace(ENTERED, attempt=replace(ENTERED.attempt, expires_in=LEFT - seconds))


@dataclass
class Desk:
    """Answers as a test says, each after so many seconds; None: with what was seen."""

    answers: list[tuple[float, Sighting | Exception | None]]
    took: Callable[[float], None] = print
    asked: list[Sighting | None] = field(default_factory=list)

    async def application(self, _business_no: str, seen: Sighting | None = None) -> Sighting:
        self.asked.append(seen)
        seconds, answer = self.answers.pop(0) if self.answers else (0.0, END)
        self.took(seconds)
        if isinstance(answer, Exception):
            raise answer
        return answer or seen  # type: ignore[return-value]


async def watched(patch: pytest.MonkeyPatch, desk: Desk) -> tuple[list[Event], list[float]]:
    """What was posted, and how long the poll slept before it asked again."""
    posted, slept, passed = list[Event](), list[float](), [0.0]
    loop = asyncio.get_running_loop()
    now, really_sleep = loop.time, asyncio.sleep

    def pass_(seconds: float) -> None:
        passed[0] += seconds

    async def sleep(seconds: float) -> None:
        if asyncio.get_running_loop() is not loop:  # a server of another test
            await really_sleep(seconds)
            return
        slept.append(seconds)
        pass_(seconds)

    desk.took = pass_
    patch.setattr(loop, "time", lambda: now() + passed[0])
    patch.setattr(asyncio, "sleep", sleep)
    with pytest.raises(DeskError):
        await watch_application(desk_port(desk), "N1", posted.append, Pace())
    return posted, slept


def desk_port(desk: Desk) -> Any:
    """Only what is asked here."""
    return desk


async def test_a_desk_that_answers_at_once_is_asked_every_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(0.0, Sighting(later(seconds))) for seconds in (0, 2, 4)] + [(0.0, Sighting(ISSUING))]
    posted, slept = await watched(monkeypatch, Desk(list(answers)))
    assert len(posted) == len(slept) == 4
    assert all(1.8 <= seconds <= 2.2 for seconds in slept)


async def test_a_desk_that_waits_is_asked_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first, paid = Sighting(ENTERED, 'W/"1"'), Sighting(ISSUING, 'W/"2"')
    desk = Desk([(0.0, first), (HELD, None), (0.5, paid)])
    posted, slept = await watched(monkeypatch, desk)
    assert desk.asked == [None, first, first, paid]
    assert sum(slept) == 0
    assert posted == [ApplicationSeen(one, polled=True) for one in (ENTERED, later(int(HELD)), ISSUING)]


async def test_a_desk_that_would_wait_and_cannot_is_not_asked_more_often(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Sighting(ENTERED, 'W/"1"')
    _, slept = await watched(monkeypatch, Desk([(0.0, first), (0.5, None), (0.5, Sighting(ENTERED, 'W/"other"'))]))
    assert all(1.3 <= seconds <= 1.7 for seconds in slept)
    assert len(slept) == 2


async def test_a_desk_that_is_back_is_asked_without_any_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Sighting(ENTERED, 'W/"1"')
    desk = Desk([(0.0, first), (3.0, lost()), (0.0, first)])
    posted, slept = await watched(monkeypatch, desk)
    assert desk.asked == [None, first, None, first]
    assert [type(event) for event in posted] == [ApplicationSeen, DeskLost, ApplicationSeen]
    assert len(slept) == 1


async def test_what_the_desk_moves_on_no_more_is_not_asked_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk([(0.0, Sighting(application(ApplicationStatus.ISSUED), 'W/"3"'))])
    posted, slept = await watched(monkeypatch, desk)
    assert len(posted) == 1
    assert all(1.8 <= seconds <= 2.2 for seconds in slept)
    assert len(slept) == 1
