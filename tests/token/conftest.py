"""Tokens and adapters that end with the test."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.harness.token.support import TokenRig, adapter
from tests.rig.card.pcscd import Reader, missing, private_pcscd
from tests.rig.card.provision import Shelf
from tests.rig.pcsc.bus import Bus
from tests.rig.simulator import Simulator, build
from tests.rig.softhsm import SoftToken, TestCa, make_ca, make_token
from tui.token.tokens import Tokens


@pytest.fixture
def ca() -> TestCa:
    """The CA that issued what is on the token."""
    return make_ca()


@pytest.fixture
def soft(tmp_path: Path, ca: TestCa) -> SoftToken:
    """An RSA token."""
    return make_token(tmp_path / "token", ca=ca)


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
def simulator(simulator_module: Path, ca: TestCa, tmp_path: Path) -> Iterator[Simulator]:
    """The simulator over an EC token, whose pairs are quickly made; without rules."""
    made = Simulator(make_token(tmp_path / "token", key="ec256", ca=ca), simulator_module, tmp_path / "control")
    yield made
    made.end_children()
