"""Tokens and adapters that end with the test."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.harness.token.launcher import Launcher
from tests.harness.token.support import TokenRig, adapter
from tests.rig.card.pcscd import Reader, missing, private_pcscd
from tests.rig.card.provision import Shelf
from tests.rig.pcsc.bus import Bus
from tests.rig.simulator import Simulator, build
from tests.rig.softhsm import SoftToken, TestCa, copied, make_ca, make_token
from tui.token import child
from tui.token.tokens import Tokens


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    """Launches drivers' processes that need no interpreter's start."""
    made = Launcher()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def launching(launcher: Launcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drivers' processes branch off; a file that is about their start has a fixture of this name."""
    monkeypatch.setattr(child, "launch", launcher)


@pytest.fixture(scope="session")
def ca() -> TestCa:
    """The CA that issued what is on the token."""
    return make_ca()


@pytest.fixture(scope="session")
def _rsa_token(tmp_path_factory: pytest.TempPathFactory, ca: TestCa) -> SoftToken:
    """What `rsa_soft` is copied from."""
    return make_token(tmp_path_factory.mktemp("rsa") / "token", ca=ca)


@pytest.fixture(scope="session")
def _ec_token(tmp_path_factory: pytest.TempPathFactory, ca: TestCa) -> SoftToken:
    """What `soft`, and what stands behind each simulator, is copied from."""
    return make_token(tmp_path_factory.mktemp("ec") / "token", key="ec256", ca=ca)


@pytest.fixture
def soft(_ec_token: SoftToken, tmp_path: Path) -> SoftToken:
    """An EC token as it was made, whatever an earlier test did to its copy; its pairs are quickly made."""
    return copied(_ec_token, tmp_path / "token")


@pytest.fixture
def rsa_soft(_rsa_token: SoftToken, tmp_path: Path) -> SoftToken:
    """An RSA token as it was made, for what is of RSA, or takes long."""
    return copied(_rsa_token, tmp_path / "rsa")


@pytest.fixture
async def tokens(soft: SoftToken) -> AsyncIterator[Tokens]:
    """The adapter over `soft`."""
    made = adapter(soft)
    yield made
    await made.close()


@pytest.fixture
async def serving() -> AsyncIterator[Callable[..., Tokens]]:
    """Make adapters that are closed at the end."""
    made: list[Tokens] = []

    def make(*soft: TokenRig) -> Tokens:
        made.append(adapter(*soft))
        return made[-1]

    yield make
    for tokens in made:
        await tokens.close()


@pytest.fixture(scope="session")
def reader() -> Iterator[Reader]:
    """A pcscd of this process with two empty slots."""
    if reason := missing():
        pytest.skip(reason)
    with private_pcscd() as started:
        yield started


@pytest.fixture
def bus() -> Iterator[Bus]:
    """A bus for USB keys."""
    with Bus() as started:
        yield started


@pytest.fixture(scope="session")
def shelf() -> Iterator[Shelf]:
    """Cards to take."""
    with Bus() as bus:
        yield Shelf(bus, make_ca())


@pytest.fixture(scope="session")
def simulator_module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The simulator, compiled once for all workers of a run."""
    own = tmp_path_factory.getbasetemp()
    return build(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)


@pytest.fixture
def simulator(simulator_module: Path, _ec_token: SoftToken, tmp_path: Path) -> Iterator[Simulator]:
    """The simulator over an EC token, whose pairs are quickly made; without rules."""
    made = Simulator(copied(_ec_token, tmp_path / "token"), simulator_module, tmp_path / "control")
    yield made
    made.end_children()
