"""One sandbox a worker; each test makes its own certificate in it."""

from collections.abc import Iterator

import pytest

from tests.journeys.town import Town, sandbox


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The outside world, shared by the tests of a worker."""
    with sandbox(tmp_path_factory.mktemp("town")) as up:
        yield up
