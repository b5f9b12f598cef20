"""TLS for servers on the loopback interface."""

from pathlib import Path

import pytest

from tui.sandbox.authorities import make_tls


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("tls")
    make_tls(directory)
    return directory
