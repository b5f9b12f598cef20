"""A desk on a real SQLite file with a real CA, and people with real certificates; only payment channels are doubles."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from litestar.testing import TestClient

from tests.harness.desk.invoice_case import Case, make_case
from tests.harness.desk.one_app import OneApp
from tests.harness.desk.town import Person, Town, make_town
from tests.rig.postgres import postgres
from tui.desk.crypto.passwords import PasswordHasher
from tui.desk.renewals import accounts


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """argon2id with a fraction of its cost; `test_accounts` knows the real one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "_HASHER", PasswordHasher(passes=1, memory=64))
        yield


@pytest.fixture(scope="session", autouse=True)
def _one_event_loop() -> Iterator[None]:
    """Where all test clients' desks answer; by themselves they begin a thread and a loop for every request."""
    with start_blocking_portal() as portal, pytest.MonkeyPatch.context() as patch:
        patch.setattr(TestClient, "blocking_portal", portal, raising=False)
        yield


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """A PostgreSQL server; whoever wants it empty makes a database of its own in it."""
    with postgres() as url:
        yield url


@pytest.fixture(scope="session")
def one_app() -> OneApp:
    """What serves a town's desk; no test has two of these."""
    return OneApp()


@pytest.fixture
def town(tmp_path: Path, one_app: OneApp) -> Iterator[Town]:
    """A desk whose clock stands still until a test moves it."""
    town = make_town(tmp_path, one_app)
    yield town
    town.desk.engine.dispose()


@pytest.fixture
def person(town: Town) -> Person:
    """Signed in, with a certificate that may be renewed."""
    return town.person()


@pytest.fixture
def number(person: Person) -> str:
    """An application that waits for its money."""
    return person.entered().business_no


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    """An installed renewal that waits for its invoice."""
    with make_case(tmp_path) as made:
        yield made
