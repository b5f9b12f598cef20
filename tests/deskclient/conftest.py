"""One TLS desk a test session, scripted anew by each test."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.harness.deskclient.desk_double import DeskDouble, make_tls, serve
from tui.deskclient.client import DeskClient


@pytest.fixture(scope="session")
def served_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskDouble]:
    ca_file, certificate, key = make_tls(tmp_path_factory.mktemp("tls"))
    double = DeskDouble(ca_file=ca_file)
    with serve(double, certificate, key) as url:
        double.url = url
        yield double


@pytest.fixture
def desk(served_desk: DeskDouble) -> DeskDouble:
    served_desk.script.clear()
    served_desk.asked.clear()
    return served_desk


@pytest.fixture
async def client(desk: DeskDouble) -> AsyncIterator[DeskClient]:
    client = DeskClient(desk.url, desk.ca_file, "1.2.3")
    yield client
    await client.close()
