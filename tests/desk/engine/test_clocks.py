"""A desk whose clock is not its database's."""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.harness.desk.slow_post import PATIENCE
from tests.harness.desk.town import Town
from tests.rig.postgres import database
from tui.desk.context import Desk
from tui.desk.engine.clocks import compare
from tui.desk.engine.engine import DeskEngine
from tui.desk.storage.database import open_database
from tui.process.clock import utc_now


@pytest.fixture
def shared(town: Town, cluster: str) -> Iterator[Desk]:
    """A desk on PostgreSQL."""
    with database(cluster) as url:
        engine = open_database(url)
        yield replace(town.desk, engine=engine)
        engine.dispose()


def told(desk: Desk, caplog: pytest.LogCaptureFixture, clock: Callable[[], datetime]) -> list[str]:
    """What is logged."""
    caplog.clear()
    compare(replace(desk, clock=clock), clock())
    return [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]


def test_a_clock_that_is_wrong_is_told(shared: Desk, caplog: pytest.LogCaptureFixture) -> None:
    ahead = told(shared, caplog, lambda: utc_now() + timedelta(minutes=2))
    behind = told(shared, caplog, lambda: utc_now() - timedelta(minutes=2))
    assert ahead == ["this desk's clock is 120 seconds ahead of its database's"]
    assert behind == ["this desk's clock is 120 seconds behind its database's"]


def test_a_slow_answer_is_no_wrong_clock(shared: Desk, caplog: pytest.LogCaptureFixture) -> None:
    times = iter((utc_now() - timedelta(seconds=30), utc_now() + timedelta(seconds=30)))
    assert told(shared, caplog, lambda: next(times)) == []


def test_sqlite_has_no_clock_of_its_own(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    assert told(town.desk, caplog, town.clock) == []


def test_a_desk_compares_as_long_as_it_runs(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = threading.Event()
    monkeypatch.setattr("tui.desk.engine.engine.compare", lambda desk, before: compared.set())
    engine = DeskEngine(town.desk)
    engine.start()
    try:
        assert compared.wait(PATIENCE)
    finally:
        engine.stop()
