"""The stand-in for pcscd, seen through libpcsclite and OpenSC's tools."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from tests.rig.card.port import Removed
from tests.rig.child import Process, process
from tests.rig.pcsc import winscard
from tests.rig.pcsc.bus import Bus
from tests.rig.pcsc.messages import ATTR_ATR_STRING, ATTR_FRIENDLY_NAME, Disposition, Protocol, Share
from tests.rig.pcsc.winscard import NOTIFICATION, PcscError

PATIENCE = 15.0
FIRST, SECOND = "USB Key 00 00", "USB Key 01 00"
ATR = bytes.fromhex("3b800181")
CHANGED, UNKNOWN, UNAVAILABLE, PRESENT = 0x02, 0x04, 0x08, 0x20
ASK, STALL, FALL_OUT, FALL_OUT_AND_RETURN = (bytes((0, instruction, 0, 0)) for instruction in range(1, 5))
OK = b"\x90\x00"
GET_FEATURES = 0x42000D48


@dataclass(slots=True)
class PlainCard:
    """A card that answers with its mark, hangs, or leaves."""

    mark: bytes = b""
    resets: int = 0
    hanging: threading.Event = field(default_factory=threading.Event)
    pulled: threading.Event = field(default_factory=threading.Event)
    atr: bytes = ATR

    def power_on(self) -> bytes:
        self.resets += 1
        self.pulled.clear()
        return self.atr

    def power_off(self) -> None:
        self.pulled.set()

    def transmit(self, apdu: bytes) -> bytes:
        if apdu == STALL:
            self.hanging.set()
            assert self.pulled.wait(PATIENCE)
            raise Removed
        if apdu in (FALL_OUT, FALL_OUT_AND_RETURN):
            raise Removed(0.0 if apdu == FALL_OUT_AND_RETURN else None)
        return self.mark + OK


@pytest.fixture
def ends() -> Iterator[ExitStack]:
    """What ends after the bus, so that no client blocks for ever."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def bus(ends: ExitStack) -> Iterator[Bus]:
    """An empty bus."""
    with Bus() as started:
        yield started


@pytest.fixture
def client(bus: Bus, ends: ExitStack) -> Callable[[], Process]:
    """Make clients."""
    return lambda: ends.enter_context(process(bus.environment))


def refused(client: Process, function: Callable[..., object], *arguments: object) -> str:
    """The name of the return value with which a call fails."""
    with pytest.raises(PcscError) as caught:
        client.call(function, *arguments)
    return str(caught.value)


def test_opensc_lists_no_reader_and_then_one(bus: Bus) -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        bus.run("opensc-tool", "--atr")
    assert "No smart card readers found" in str(caught.value.stderr)
    with bus.holding(PlainCard()):
        listed = bus.run("opensc-tool", "--list-readers")
        assert [line.split(maxsplit=2)[1:] for line in listed.splitlines()[2:]] == [["Yes", FIRST]]
        assert bus.run("opensc-tool", "--atr").strip() == ATR.hex(":")
    assert FIRST not in bus.run("opensc-tool", "--list-readers")


def test_two_ports_and_the_first_free_number(bus: Bus, client: Callable[[], Process]) -> None:
    one = client()
    assert refused(one, winscard.readers) == "NO_READERS_AVAILABLE"
    bus.plug("left", PlainCard(b"a"))
    bus.plug("right", PlainCard(b"b"))
    assert one.call(winscard.readers) == [FIRST, SECOND]
    bus.pull("left")
    assert one.call(winscard.readers) == [SECOND]
    bus.plug("middle", PlainCard(b"c"))
    assert one.call(winscard.readers) == [FIRST, SECOND]
    marks = [one.call(winscard.transmit, one.call(winscard.connect, name)[0], ASK) for name in (FIRST, SECOND)]
    assert marks == [b"c" + OK, b"b" + OK]
    with pytest.raises(AssertionError, match="right is taken"):
        bus.plug("right", PlainCard())


def test_who_waits_for_readers_is_woken_by_plug_and_pull(bus: Bus, client: Callable[[], Process]) -> None:
    waiting = [one.start(winscard.await_change, NOTIFICATION) for one in (client(), client())]
    bus.await_waiting(2, PATIENCE)
    bus.plug("front", PlainCard())
    assert [future.result(PATIENCE) & CHANGED for future in waiting] == [CHANGED, CHANGED]
    one = client()
    state = one.call(winscard.await_change, FIRST)
    assert state & PRESENT
    gone = one.start(winscard.await_change, FIRST, state & ~CHANGED)
    bus.await_waiting(1, PATIENCE)
    bus.pull("front")
    assert gone.result(PATIENCE) == CHANGED | UNKNOWN | UNAVAILABLE


def test_waiting_ends_in_time_and_by_cancel(bus: Bus, client: Callable[[], Process]) -> None:
    one = client()
    assert refused(one, winscard.await_change, NOTIFICATION, 0, 1) == "TIMEOUT"
    assert one.call(winscard.cancelled_wait, NOTIFICATION) == "CANCELLED"
    bus.plug("front", PlainCard())
    assert one.call(winscard.readers) == [FIRST]


def test_pulled_during_a_command(bus: Bus, client: Callable[[], Process]) -> None:
    card, one = PlainCard(), client()
    bus.plug("front", card)
    handle, _ = one.call(winscard.connect, FIRST)
    hanging = one.start(winscard.transmit, handle, STALL)
    assert card.hanging.wait(PATIENCE)
    bus.pull("front")
    with pytest.raises(PcscError, match="READER_UNAVAILABLE"):
        hanging.result(PATIENCE)
    assert refused(one, winscard.status, handle) == "READER_UNAVAILABLE"
    assert refused(one, winscard.connect, FIRST) == "UNKNOWN_READER"
    bus.plug("front", card)
    for function in (winscard.begin, winscard.status, winscard.reconnect):
        assert refused(one, function, handle) == "INVALID_VALUE"
    assert refused(one, winscard.transmit, handle, ASK) == "INVALID_VALUE"
    one.call(winscard.disconnect, handle)
    handle, _ = one.call(winscard.connect, FIRST)
    assert one.call(winscard.transmit, handle, ASK) == OK


@pytest.mark.parametrize("returns", [False, True])
def test_a_card_may_choose_when_it_is_pulled(bus: Bus, client: Callable[[], Process], returns: bool) -> None:
    one = client()
    bus.plug("front", PlainCard())
    handle, _ = one.call(winscard.connect, FIRST)
    apdu = FALL_OUT_AND_RETURN if returns else FALL_OUT
    assert refused(one, winscard.transmit, handle, apdu) == "READER_UNAVAILABLE"
    if returns:
        bus.await_reader("front", PATIENCE)
        assert one.call(winscard.readers) == [FIRST]
    else:
        assert refused(one, winscard.readers) == "NO_READERS_AVAILABLE"
        bus.plug("front", PlainCard())
    assert refused(one, winscard.status, handle) == "INVALID_VALUE"


def test_a_transaction_keeps_others_out(bus: Bus, client: Callable[[], Process]) -> None:
    card, one, other = PlainCard(), client(), client()
    bus.plug("front", card)
    mine, protocol = one.call(winscard.connect, FIRST)
    assert protocol == Protocol.T1
    theirs, _ = other.call(winscard.connect, FIRST)
    one.call(winscard.begin, mine)
    waiting = other.start(winscard.begin, theirs)
    assert one.call(winscard.transmit, mine, ASK) == OK
    assert not waiting.done()
    one.call(winscard.end, mine)
    waiting.result(PATIENCE)
    hanging = one.start(winscard.transmit, mine, ASK)
    assert other.call(winscard.transmit, theirs, ASK) == OK
    assert not hanging.done()
    other.call(winscard.end, theirs)
    assert hanging.result(PATIENCE) == OK
    assert refused(one, winscard.end, mine) == "NOT_TRANSACTED"
    assert card.resets == 1


def test_a_pull_ends_a_transaction(bus: Bus, client: Callable[[], Process]) -> None:
    one, other = client(), client()
    bus.plug("front", PlainCard())
    mine, _ = one.call(winscard.connect, FIRST)
    theirs, _ = other.call(winscard.connect, FIRST)
    one.call(winscard.begin, mine)
    waiting = other.start(winscard.begin, theirs)
    bus.pull("front")
    with pytest.raises(PcscError, match="INVALID_VALUE"):
        waiting.result(PATIENCE)
    assert refused(one, winscard.end, mine) == "INVALID_VALUE"
    bus.plug("front", PlainCard())
    fresh, _ = other.call(winscard.connect, FIRST)
    other.call(winscard.begin, fresh)


def test_a_reset_is_told_to_the_others(bus: Bus, client: Callable[[], Process]) -> None:
    card, one, other = PlainCard(), client(), client()
    bus.plug("front", card)
    mine, _ = one.call(winscard.connect, FIRST)
    theirs, _ = other.call(winscard.connect, FIRST)
    one.call(winscard.disconnect, mine, Disposition.RESET)
    assert card.resets == 2
    assert refused(other, winscard.transmit, theirs, ASK) == "RESET_CARD"
    assert refused(other, winscard.begin, theirs) == "RESET_CARD"
    other.call(winscard.reconnect, theirs)
    assert other.call(winscard.transmit, theirs, ASK) == OK


def test_a_card_switched_off_is_switched_on_for_the_next(bus: Bus, client: Callable[[], Process]) -> None:
    card, one = PlainCard(), client()
    bus.plug("front", card)
    one.call(winscard.disconnect, one.call(winscard.connect, FIRST)[0], Disposition.UNPOWER)
    assert card.pulled.is_set()
    handle, _ = one.call(winscard.connect, FIRST)
    assert (one.call(winscard.transmit, handle, ASK), card.resets) == (OK, 2)


def test_one_who_shares_with_nobody(bus: Bus, client: Callable[[], Process]) -> None:
    one, other = client(), client()
    bus.plug("front", PlainCard())
    handle, _ = one.call(winscard.connect, FIRST, Share.EXCLUSIVE)
    assert refused(other, winscard.connect, FIRST) == "SHARING_VIOLATION"
    one.call(winscard.disconnect, handle)
    other.call(winscard.connect, FIRST)
    assert refused(one, winscard.connect, FIRST, Share.EXCLUSIVE) == "SHARING_VIOLATION"


def test_a_client_that_dies_in_a_transaction_leaves_a_fresh_card(bus: Bus, client: Callable[[], Process]) -> None:
    card, other = PlainCard(), client()
    bus.plug("front", card)
    with process(bus.environment) as one:
        one.call(winscard.begin, one.call(winscard.connect, FIRST)[0])
    handle, _ = other.call(winscard.connect, FIRST)
    assert (other.call(winscard.transmit, handle, ASK), card.resets) == (OK, 2)


def test_what_the_reader_tells_of_itself(bus: Bus, client: Callable[[], Process]) -> None:
    one = client()
    bus.plug("front", PlainCard())
    handle, _ = one.call(winscard.connect, FIRST)
    assert one.call(winscard.attribute, handle, ATTR_ATR_STRING) == ATR
    assert one.call(winscard.attribute, handle, ATTR_FRIENDLY_NAME) == FIRST.encode() + b"\0"
    assert refused(one, winscard.attribute, handle, 0x00010100) == "UNSUPPORTED_FEATURE"
    assert refused(one, winscard.control, handle, GET_FEATURES) == "UNSUPPORTED_FEATURE"
