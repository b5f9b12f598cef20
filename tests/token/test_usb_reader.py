"""USB keys: reader and card come and go together, below the real libpcsclite and OpenSC."""

from collections.abc import AsyncIterator

import pytest

from tests.rig.card.manners import UnrulyCard
from tests.rig.card.pcscd import MODULE
from tests.rig.card.provision import LABEL, Shelf
from tests.rig.pcsc.bus import Bus
from tests.token.support import until, watching
from tui.core.ports import Sighting
from tui.token import Module, Tokens

SIGN, VERIFY = 0x2A, 0x20


@pytest.fixture
async def usb(bus: Bus) -> AsyncIterator[Tokens]:
    """The adapter over the bus."""
    made = Tokens((Module(MODULE, bus.environment),))
    yield made
    await made.close()


def held(sighting: Sighting) -> set[bytes]:
    """The certificates that are seen."""
    return {certificate.der for token in sighting.tokens for certificate in token.certificates}


def made_signatures(card: UnrulyCard) -> int:
    """Signature commands that the card has carried out."""
    return sum(line.startswith("002a9e9a") and line.endswith("> 9000") for line in card.log)


async def test_put_in_after_the_start_and_pulled_and_put_back(bus: Bus, usb: Tokens, shelf: Shelf) -> None:
    card, certificate = shelf.take("rsa2048")
    async with watching(usb) as sightings:
        assert await anext(sightings) == Sighting()
        for _ in range(2):
            bus.plug("front", card)
            seen = await until(sightings, lambda sighting: bool(sighting.tokens))
            assert (held(seen), seen.tokens[0].label) == ({certificate}, LABEL)
            bus.pull("front")
            assert await until(sightings, lambda sighting: not sighting.tokens) == Sighting()


async def test_ten_times_in_and_out(bus: Bus, usb: Tokens, shelf: Shelf) -> None:
    card, certificate = shelf.take("rsa2048")
    async with watching(usb) as sightings:
        for _ in range(10):
            bus.plug("front", card)
            assert held(await until(sightings, lambda sighting: bool(sighting.tokens))) == {certificate}
            bus.pull("front")
            await until(sightings, lambda sighting: not sighting.tokens)


async def test_two_tokens(bus: Bus, usb: Tokens, shelf: Shelf) -> None:
    (left, left_der), (right, right_der) = shelf.take("rsa2048"), shelf.take("ec256")
    async with watching(usb) as sightings:
        bus.plug("left", left)
        await until(sightings, lambda sighting: held(sighting) == {left_der})
        bus.plug("right", right)
        await until(sightings, lambda sighting: held(sighting) == {left_der, right_der})
        bus.pull("left")
        await until(sightings, lambda sighting: held(sighting) == {right_der})
        bus.plug("left", left)
        await until(sightings, lambda sighting: held(sighting) == {left_der, right_der})


async def test_another_token_in_the_same_port_is_seen(bus: Bus, usb: Tokens, shelf: Shelf) -> None:
    (first, first_der), (second, second_der) = shelf.take("rsa2048"), shelf.take("ec256")
    async with watching(usb) as sightings:
        bus.plug("front", first)
        await until(sightings, lambda sighting: held(sighting) == {first_der})
        bus.pull("front")
        bus.plug("front", second)
        await until(sightings, lambda sighting: held(sighting) == {second_der})
