"""Run the driver's process: load one PKCS#11 module, watch its slots, carry orders out one at a time."""

import os
import resource
import select
import signal

from tui.core.failure import TokenError
from tui.core.token import TokenStage
from tui.process.hardening import harden, hide
from tui.token import protocol
from tui.token.host.driver import Driver
from tui.token.host.presence import Watcher
from tui.token.host.reader import Reader
from tui.token.host.slot_monitor import SlotMonitor
from tui.token.protocol import Done, Leaving, Load, Order, PinWanted, Refused, Report, Seen

_KEEP_NOTHING = {"XDG_CACHE_HOME": os.devnull}
"""For the driver: from 0.24 on OpenSC keeps copies there of what it reads from MyEID cards, certificates among it."""

ORDERS = 8
"""A process carries out this many orders: one driver loses a slot of its token's memory with every key pair."""
GROWTH = 64 * 1024
"""KiB by which a process may outgrow its first look before a fresh one takes its place."""


class Channel:
    """The way back to the program, out of the driver's reach."""

    def __init__(self) -> None:
        """Move the channel off stdin and stdout, and let those lead nowhere: drivers write where they like."""
        self._reader, self._writer = os.dup(0), os.dup(1)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for standard in range(3):
            os.dup2(nowhere, standard)
        os.close(nowhere)
        self._poll = select.poll()
        self._poll.register(self._reader, select.POLLIN)

    def send(self, report: Report) -> None:
        """Write one message; raise BrokenPipeError when the program is gone."""
        rest = memoryview(protocol.framed(protocol.encode(report)))
        while rest:
            rest = rest[os.write(self._writer, rest) :]

    def leave(self) -> None:
        """Let go of it in a process that has no part in it."""
        os.close(self._reader)
        os.close(self._writer)

    def listen_to(self, monitor: SlotMonitor) -> None:
        """Let `wait` end when it reports a change."""
        self._poll.register(monitor.descriptor, select.POLLIN)

    def wait(self, seconds: float) -> bool:
        """Whether a message (or the end) comes within this time, or before the slot monitor reports a change."""
        return any(descriptor == self._reader for descriptor, _ in self._poll.poll(seconds * 1000))

    def receive(self) -> bytearray:
        """Read one message into a buffer that can be wiped; raise EOFError when the program is gone."""
        (length,) = protocol.HEADER.unpack(self._exactly(protocol.HEADER.size))
        if length > protocol.LIMIT:
            raise EOFError
        return self._exactly(length)

    def _exactly(self, length: int) -> bytearray:
        buffer = bytearray(length)
        rest = memoryview(buffer)
        while rest:
            count = os.readv(self._reader, [rest])
            if not count:
                raise EOFError
            rest = rest[count:]
        return buffer

    def ask_pin(self) -> bytearray:
        """Ask for the PIN and take it."""
        self.send(PinWanted())
        return self.receive()

    def progress(self, stage: TokenStage) -> None:
        """Tell the stage, and let the kernel end a driver that hangs in it though the program is gone too."""
        signal.alarm(int(protocol.DEADLINES[stage]) + protocol.WATCH_DEADLINE)
        self.send(protocol.Staged(stage))


def main() -> None:
    """Serve until the program's end of the channel closes."""
    harden()
    hide()
    channel = Channel()
    reader = Reader.start(channel.leave)
    try:
        _serve(channel, reader)
    except (EOFError, BrokenPipeError):
        return


def _serve(channel: Channel, reader: Reader) -> None:
    load = protocol.decode_order(channel.receive())
    assert isinstance(load, Load)  # noqa: S101 - both ends are this program
    os.environ.update({**_KEEP_NOTHING, **dict(load.environment)})
    signal.alarm(protocol.WATCH_DEADLINE)
    try:
        driver = Driver(load.path)
    except TokenError as error:
        channel.send(protocol.Unusable(error.failure))
        return
    monitor = SlotMonitor()
    channel.listen_to(monitor)
    _work(driver, Watcher(driver, monitor, reader.read), channel)


def _work(driver: Driver, watcher: Watcher, channel: Channel) -> None:
    """Look and serve in turns, until the program ends or this process has had its day."""
    orders, room = 0, 0
    while orders < ORDERS and (not room or _peak() < room):
        signal.alarm(protocol.WATCH_DEADLINE)
        if (tokens := watcher.look()) is not None:
            channel.send(Seen(tokens))
        signal.alarm(0)
        room = room or _peak() + GROWTH
        if channel.wait(watcher.pause):
            order = protocol.decode_order(channel.receive())
            assert not isinstance(order, Load)  # noqa: S101 - sent once
            channel.send(_carried_out(driver, order, channel))
            signal.alarm(0)
            watcher.forget()
            orders += 1
    channel.send(Leaving())


def _carried_out(driver: Driver, order: Order, channel: Channel) -> Done | Refused:
    from tui.token.host.orders import carry_out  # a look at the slots needs none of it

    return carry_out(driver, order, channel)


def _peak() -> int:
    """The most memory that this process ever had resident, KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
