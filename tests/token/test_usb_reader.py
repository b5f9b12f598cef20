"""USB keys: reader and card come and go together, below the real libpcsclite and OpenSC."""

import asyncio
import copy
import itertools
from collections.abc import AsyncIterator, Callable

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from PyKCS11 import PyKCS11Error

from tests.harness.token import monitored, raw
from tests.harness.token.support import APPLICATION, PATIENCE, pin, quiet, reference, until, watching
from tests.rig.card.manners import UnrulyCard
from tests.rig.card.pcscd import MODULE
from tests.rig.card.provision import LABEL, PIN, Shelf, provisioned
from tests.rig.child import process
from tests.rig.pcsc.bus import Bus
from tests.rig.pcsc.swap import Swapped
from tests.rig.softhsm import make_key
from tui.core.failure import Reason, TokenError
from tui.core.token import Readers, Snapshot
from tui.token.launch import Module
from tui.token.tokens import Tokens

VERIFY, SIGN, GENERATE, CREATE_FILE = 0x20, 0x2A, 0x46, 0xE0
OTHER_PIN = "654321"
Others = Callable[[str], tuple[UnrulyCard, bytes]]
FAULTY = {Reason.TOKEN_REMOVED, Reason.TOKEN_SWAPPED, Reason.TOKEN_FAULT}
"""Where OpenSC fell in with the other key inside the failing call, it goes on telling of the first one."""


@pytest.fixture(scope="module")
def others(shelf: Shelf) -> Others:
    """Make a second key with a serial number and certificate of its own, and this PIN; and its certificate."""
    state, certificate = provisioned(shelf.reader, make_key("rsa2048"), ca=shelf.ca, serial=2)

    def make(own_pin: str) -> tuple[UnrulyCard, bytes]:
        card = UnrulyCard(copy.deepcopy(state), ready_keys=[shelf.key("rsa2048")])
        card.card.state.pins[1].value = own_pin.encode().ljust(8, b"\xff")
        return card, certificate

    return make


@pytest.fixture(params=[PIN, OTHER_PIN], ids=["same pin", "other pin"])
def second(request: pytest.FixtureRequest, others: Others) -> UnrulyCard:
    """A second key with the first one's PIN, or with another."""
    return others(request.param)[0]


@pytest.fixture
async def usb(bus: Bus) -> AsyncIterator[Tokens]:
    """The adapter over the bus."""
    made = Tokens((Module(MODULE, bus.environment),))
    yield made
    await made.close()


def held(snapshot: Snapshot) -> set[bytes]:
    """The certificates that are seen."""
    return {certificate.der for token in snapshot.tokens for certificate in token.certificates}


def made_signatures(card: UnrulyCard) -> int:
    """Signature commands that the card has carried out."""
    return sum(line.startswith("002a9e9a") and line.endswith("> 9000") for line in card.log)


def tries(card: UnrulyCard) -> int:
    """Wrong PINs that the card still allows; 3 at first."""
    return card.card.state.pins[1].left


def made_keys(card: UnrulyCard) -> int:
    """Key pairs that the card has made."""
    return sum(line.startswith("0046") for line in card.log)


def signer(certificate: bytes) -> rsa.RSAPublicKey:
    """The public key in a certificate."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    return key


async def test_put_in_after_the_start_and_pulled_and_put_back(bus: Bus, usb: Tokens, shelf: Shelf) -> None:
    card, certificate = shelf.take("rsa2048")
    async with watching(usb) as snapshots:
        first = await anext(snapshots)
        assert first.tokens == ()
        if first.readers is not Readers.NONE:  # it may have been told with the first look
            await until(snapshots, lambda snapshot: snapshot.readers is Readers.NONE)
        for _ in range(2):
            bus.plug("front", card)
            seen = await until(snapshots, lambda s: bool(s.tokens) and s.readers is Readers.PRESENT)
            assert (held(seen), seen.tokens[0].label) == ({certificate}, LABEL)
            bus.pull("front")
            gone = await until(snapshots, lambda s: not s.tokens and s.readers is Readers.NONE)
            assert gone == Snapshot(readers=Readers.NONE)


@pytest.mark.parametrize("moment", ["in", "out"])
async def test_moved_between_the_list_of_readers_and_the_wait(bus: Bus, usb: Tokens, shelf: Shelf, moment: str) -> None:
    """The library counts the readers when its wait begins: what has come before then, it never tells."""
    card, certificate = shelf.take("rsa2048")
    if moment == "out":
        bus.plug("front", card)
    bus.before_a_wait(lambda: bus.plug("front", card) if moment == "in" else bus.pull("front"))
    seen = {certificate} if moment == "in" else set()
    readers = Readers.PRESENT if moment == "in" else Readers.NONE
    async with watching(usb) as snapshots:
        await until(snapshots, lambda snapshot: (held(snapshot), snapshot.readers) == (seen, readers))


async def test_ten_times_in_and_out(bus: Bus, usb: Tokens, shelf: Shelf) -> None:
    card, certificate = shelf.take("rsa2048")
    async with watching(usb) as snapshots:
        for _ in range(10):
            bus.plug("front", card)
            assert held(await until(snapshots, lambda snapshot: bool(snapshot.tokens))) == {certificate}
            bus.pull("front")
            await until(snapshots, lambda snapshot: not snapshot.tokens)


async def test_two_tokens(bus: Bus, usb: Tokens, shelf: Shelf) -> None:
    (left, left_der), (right, right_der) = shelf.take("rsa2048"), shelf.take("ec256")
    async with watching(usb) as snapshots:
        bus.plug("left", left)
        await until(snapshots, lambda snapshot: held(snapshot) == {left_der})
        bus.plug("right", right)
        await until(snapshots, lambda snapshot: held(snapshot) == {left_der, right_der})
        bus.pull("left")
        await until(snapshots, lambda snapshot: held(snapshot) == {right_der})
        bus.plug("left", left)
        await until(snapshots, lambda snapshot: held(snapshot) == {left_der, right_der})


async def test_another_key_in_the_same_port(bus: Bus, usb: Tokens, shelf: Shelf) -> None:
    (first, first_der), (second, second_der) = shelf.take("rsa2048"), shelf.take("ec256")
    async with watching(usb) as snapshots:
        for card, certificate in ((first, first_der), (second, second_der)) * 2:
            bus.plug("front", card)
            await until(snapshots, lambda snapshot, der=certificate: held(snapshot) == {der})  # type: ignore[misc]
            bus.pull("front")
            await until(snapshots, lambda snapshot: not snapshot.tokens)


async def test_a_swap_between_two_looks_is_seen(bus: Bus, usb: Tokens, shelf: Shelf) -> None:
    (first, first_der), (second, second_der) = shelf.take("rsa2048"), shelf.take("ec256")
    async with watching(usb) as snapshots, asyncio.timeout(PATIENCE):
        bus.plug("front", first)
        await until(snapshots, lambda snapshot: held(snapshot) == {first_der})
        bus.pull("front")
        bus.plug("front", second)
        await until(snapshots, lambda snapshot: held(snapshot) == {second_der})


def test_a_swap_between_the_list_of_readers_and_the_wait_leads_to_a_look(bus: Bus, shelf: Shelf) -> None:
    """The library tells of neither half, and the second key bears the first one's name."""
    (first, _), (second, _) = shelf.take("rsa2048"), shelf.take("ec256")

    def swap() -> None:
        bus.pull("front")
        bus.plug("front", second)

    bus.plug("front", first)
    bus.before_a_wait(swap)
    with process(bus.environment) as program:
        assert program.call(monitored.reports, 2, PATIENCE / 2) == 2


def test_the_danger_a_pin_try_is_lost(bus: Bus, shelf: Shelf, others: Others) -> None:
    first, _ = shelf.take("rsa2048")
    second, _ = others(OTHER_PIN)
    with process(bus.environment) as program:
        bus.plug("front", first)
        program.call(raw.login, PIN)
        bus.pull("front")
        bus.plug("front", second)
        with pytest.raises(PyKCS11Error, match="CKR_USER_NOT_LOGGED_IN"):
            program.call(raw.sign, b"data")
    assert tries(second) == 2


def test_the_danger_the_wrong_key_signs(bus: Bus, shelf: Shelf, others: Others) -> None:
    first, first_der = shelf.take("rsa2048")
    second, second_der = others(PIN)
    with process(bus.environment) as program:
        bus.plug("front", first)
        program.call(raw.login, PIN)
        bus.pull("front")
        bus.plug("front", second)
        signature = program.call(raw.sign, b"data")
    signer(second_der).verify(signature, b"data", padding.PKCS1v15(), hashes.SHA256())
    with pytest.raises(InvalidSignature):
        signer(first_der).verify(signature, b"data", padding.PKCS1v15(), hashes.SHA256())


async def test_pulled_while_working_and_another_key_put_in(
    bus: Bus, usb: Tokens, shelf: Shelf, second: UnrulyCard
) -> None:
    first, certificate = shelf.take("rsa2048")
    first.manners.generation = 60.0
    bus.plug("front", first)
    first_ref = await reference(usb, certificate)
    working = asyncio.create_task(usb.make_request(first_ref, pin(), APPLICATION, quiet))
    assert await asyncio.to_thread(first.generating.wait, PATIENCE)
    bus.pull("front")
    with pytest.raises(TokenError) as pulled:
        await working
    assert pulled.value.failure.reason is Reason.TOKEN_REMOVED
    bus.plug("front", second)
    with pytest.raises(TokenError) as swapped:
        await usb.make_request(first_ref, pin(), APPLICATION, quiet)
    assert swapped.value.failure.reason is Reason.TOKEN_SWAPPED
    assert (tries(second), made_signatures(second), made_keys(second)) == (3, 0, 0)


@pytest.mark.parametrize("moment", [(VERIFY, True), *itertools.product((GENERATE, CREATE_FILE, SIGN), (True, False))])
async def test_swapped_within_an_operation(
    bus: Bus, usb: Tokens, shelf: Shelf, second: UnrulyCard, moment: tuple[int, bool]
) -> None:
    first, certificate = shelf.take("rsa2048")
    hand = Swapped(first, bus, "front", second, *moment)
    bus.plug("front", hand)
    first_ref = await reference(usb, certificate)
    hand.armed = True
    with pytest.raises(TokenError) as caught:
        await usb.make_request(first_ref, pin(), APPLICATION, quiet)
    assert not hand.armed
    assert caught.value.failure.reason in FAULTY
    assert (tries(second), made_signatures(second), made_keys(second)) == (3, 0, 0)


async def test_a_swap_that_opensc_swallows_gives_no_false_signature(
    bus: Bus, usb: Tokens, shelf: Shelf, others: Others
) -> None:
    """OpenSC asks the second key for the first one's tries left, and from then on takes it for the first.

    No hand is as fast. With a PIN of its own the second key would lose a try.
    """
    first, certificate = shelf.take("rsa2048")
    second, _ = others(PIN)
    hand = Swapped(first, bus, "front", second, VERIFY, replies=False)
    bus.plug("front", hand)
    first_ref = await reference(usb, certificate)
    hand.armed = True
    with pytest.raises(TokenError) as caught:
        await usb.make_request(first_ref, pin(), APPLICATION, quiet)
    assert not hand.armed
    assert caught.value.failure.reason is Reason.SIGNATURE_FALSE
