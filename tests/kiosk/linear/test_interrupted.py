"""Ctrl-C while the token works: what it is at is finished first, unless the person insists; nothing is sent twice."""

import asyncio
from collections.abc import Callable

import pytest

from tests.harness.kiosk.lines import ANSWERS, Visit
from tests.harness.kiosk.renewing import token_script
from tui.journey.state import Step
from tui.kiosk.linear import session


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "BEAT", 0.01)


def at_work(then: Callable[[Visit, asyncio.Event], None]) -> Visit:
    """A visit to the token's work, which ends when its gate is opened."""
    tokens = token_script()
    gate = tokens.gate = asyncio.Event()
    return Visit(ANSWERS[:18], tokens=tokens, whenever=lambda visit: then(visit, gate))


def test_the_token_is_let_finish() -> None:
    asked: list[int] = []

    def interrupt(visit: Visit, gate: asyncio.Event) -> None:
        if visit.session.state.step is not Step.REQUESTING:
            return
        if not asked:
            asked.append(1)
            visit.session.interrupt(130)
        elif "CA正在工作，请不要拔出。完成后即结束" in visit.text:
            visit.open(gate)

    visit = at_work(interrupt)
    assert (visit.code, len(visit.tokens.pins)) == (130, 1)
    assert "申请B1保存在续期服务中" in visit.text
    assert "被中断" not in visit.text


def test_a_second_time_ends_at_once_and_says_so() -> None:
    def interrupt(visit: Visit, gate: asyncio.Event) -> None:
        if visit.session.state.step is Step.REQUESTING:
            visit.session.interrupt(130)

    visit = at_work(interrupt)
    assert (visit.code, len(visit.tokens.pins)) == (130, 1)
    assert "CA的操作被中断：原证书仍然可用" in visit.text
