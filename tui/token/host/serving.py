"""Load one PKCS#11 module, watch its slots, carry orders out one at a time."""

import gc
import os
import resource
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.core.failure import TokenError
from tui.core.token import TokenStage
from tui.token import protocol
from tui.token.host.channel import Channel
from tui.token.host.driver import Driver
from tui.token.host.presence import Watcher
from tui.token.host.reader import Reader
from tui.token.host.slot_monitor import SlotMonitor
from tui.token.load import Load
from tui.token.protocol import Done, Leaving, Order, Prepare, Refused, Seen

if TYPE_CHECKING:
    from tui.token.host.orders import Way

_KEEP_NOTHING = {"XDG_CACHE_HOME": os.devnull}
"""For the driver: from 0.24 on OpenSC keeps copies there of what it reads from MyEID cards, certificates among it."""

ORDERS = 8
"""A process carries out this many orders: one driver loses a slot of its token's memory with every key pair."""
GROWTH = 64 * 1024
"""KiB by which a process may outgrow its first look before a fresh one takes its place."""


def serve(channel: Channel, reader: Reader, *, orders_come: bool = False) -> None:
    """Until the program's end of the channel closes.

    Where orders are sure to come, what they need is imported as soon as the first look is told.

    :raises EOFError: it has closed; likewise BrokenPipeError.
    """
    load = Load.decoded(channel.receive())
    os.environ.update({**_KEEP_NOTHING, **dict(load.environment)})
    signal.alarm(protocol.WATCH_DEADLINE)
    try:
        driver = Driver(load.path)
    except TokenError as error:
        channel.send(protocol.Unusable(error.failure))
        return
    monitor = SlotMonitor()
    channel.listen_to(monitor.descriptor)
    try:
        _work(driver, Watcher(driver, monitor, reader.read), channel, reader, orders_come)
    finally:
        signal.alarm(protocol.WATCH_DEADLINE)  # a driver may hang in its last call, too, with nobody left to kill it
        driver.close()


def _work(driver: Driver, watcher: Watcher, channel: Channel, reader: Reader, orders_come: bool) -> None:
    """Look and serve in turns, until the program ends or this process has had its day."""
    orders, room = 0, 0
    while orders < ORDERS and (not room or _peak() < room):
        signal.alarm(protocol.WATCH_DEADLINE)
        if (tokens := watcher.look()) is not None:
            channel.send(Seen(tokens, watcher.readers))
        signal.alarm(0)
        reader.reap()
        if not room:
            room = _peak() + GROWTH
            if orders_come:
                _imported()
            gc.freeze()
            gc.enable()
        if channel.wait(watcher.pause):
            order = protocol.decode_order(channel.receive())
            if isinstance(order, Prepare):
                _imported()
                continue
            channel.progress(TokenStage.CHECKING)  # every order begins with it; what is imported is not hung
            channel.send(_imported()(driver, order, channel))
            signal.alarm(0)
            watcher.forget()
            orders += 1
    channel.send(Leaving())


def _imported() -> "Callable[[Driver, Order, Way], Done | Refused]":
    """What carries orders out: a look at the slots needs nothing of it."""
    from tui.token.host.orders import carry_out

    return carry_out


def _peak() -> int:
    """The most memory that this process ever had resident, KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
