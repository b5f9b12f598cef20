"""Tokens and adapters that end with the test."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.rig.card.pcscd import Reader, missing, private_pcscd
from tests.rig.card.provision import Shelf
from tests.rig.pcsc.bus import Bus
from tests.rig.softhsm import SoftToken, TestCa, make_ca, make_token
from tests.token.support import adapter
from tui.token import Tokens


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

    def make(*soft: SoftToken) -> Tokens:
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
