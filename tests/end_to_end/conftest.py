"""One sandbox a worker; each test makes its own certificate in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.end_to_end.sandbox import Sandbox, sandbox_up
from tests.harness.kiosk.idle import _idle_is_seen_at_once
from tests.harness.kiosk.style_sheets import _style_sheets_parsed_once

__all__ = ["_idle_is_seen_at_once", "_style_sheets_parsed_once"]


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The outside world, shared by the tests of a worker."""
    with sandbox_up(tmp_path_factory.mktemp("town")) as up:
        yield up


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys may leave a socket to the collector.

    httpcore's start_tls closes its socket when it fails, but not when it is cancelled in the middle of the handshake,
    as a journey that ends may do.
    """
    left_open = pytest.mark.filterwarnings("ignore:unclosed (transport|<s):ResourceWarning")
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(left_open)
