"""How soon a token that is plugged or pulled is seen, and what the watching costs: `python -m tests.bench.watch`.

The driver is measured first and alone, then the program, since each reads the whole card when it comes.
"""

import argparse
import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from tests.bench import probes
from tests.harness.token.support import until, watching
from tests.rig.card.manners import UnrulyCard
from tests.rig.card.pcscd import MODULE, missing, private_pcscd
from tests.rig.card.provision import Shelf
from tests.rig.child import process
from tests.rig.pcsc.bus import Bus
from tests.rig.softhsm import make_ca
from tui.token.launch import Module
from tui.token.tokens import Tokens

_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Stack:
    """A reader below libpcsclite and OpenSC."""

    name: str
    environment: tuple[tuple[str, str], ...]
    plug: Callable[[], object]
    pull: Callable[[], object]


@contextmanager
def usb(card: UnrulyCard) -> Iterator[Stack]:
    """Reader and card come and go together."""
    with Bus() as bus:
        yield Stack("usb", bus.environment, lambda: bus.plug("front", card), lambda: bus.pull("front"))


@contextmanager
def vpcd(card: UnrulyCard) -> Iterator[Stack]:
    """The real pcscd; the reader stays."""
    with private_pcscd() as reader:
        slot = reader.slots[0]
        yield Stack("vpcd", reader.environment, lambda: slot.plug(card), slot.pull)


STACKS = {"usb": usb, "vpcd": vpcd}
Seen = Callable[[bool], Awaitable[float]]
"""Give the moment when a token is seen to be there or not."""


async def _rounds(stack: Stack, plugs: int, see: Seen) -> dict[str, list[float]]:
    """Milliseconds from each plug and pull until it was seen; both come at times that no poll expects."""
    times: dict[str, list[float]] = {"plug": [], "pull": []}
    for _ in range(plugs):
        for event, act in (("plug", stack.plug), ("pull", stack.pull)):
            seeing = asyncio.ensure_future(see(event == "plug"))
            await asyncio.sleep(random.uniform(0.5, 1.6))
            began = time.monotonic()
            act()
            times[event].append(1000 * (await seeing - began))
    return times


async def _driver(stack: Stack, plugs: int, probe: Callable[[bool], float]) -> dict[str, list[float]]:
    with process(stack.environment) as child:
        child.call(probes.load)

        async def see(wanted: bool) -> float:
            future: Future[float] = child.start(probe, wanted)
            return await asyncio.wait_for(asyncio.wrap_future(future), _PATIENCE)

        return await _rounds(stack, plugs, see)


async def _program(stack: Stack, plugs: int, idle: float) -> tuple[dict[str, list[float]], dict[str, float]]:
    tokens = Tokens((Module(MODULE, stack.environment),))
    shares = {}
    async with watching(tokens) as snapshots:
        await until(snapshots, lambda snapshot: not snapshot.tokens)

        async def see(wanted: bool) -> float:
            await until(snapshots, lambda snapshot: bool(snapshot.tokens) == wanted)
            return time.monotonic()

        times = await _rounds(stack, plugs, see)
        shares["no token"] = await _share(tokens, idle)
        stack.plug()
        await see(True)
        shares["one token"] = await _share(tokens, idle)
        stack.pull()
    await tokens.close()
    return times, shares


async def _share(tokens: Tokens, seconds: float) -> float:
    """Percent of a core that the driver's process uses while nothing happens."""
    (pid,) = (driver.pid for driver in tokens.drivers)
    await asyncio.sleep(2.0)
    began, used = time.monotonic(), _used(Path(f"/proc/{pid}/task"))
    await asyncio.sleep(seconds)
    return 100 * (_used(Path(f"/proc/{pid}/task")) - used) / (time.monotonic() - began)


def _used(tasks: Path) -> float:
    """Seconds of CPU of all threads (the first number of schedstat, in nanoseconds)."""
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9


def _row(stack: str, who: str, times: dict[str, list[float]]) -> None:
    for event, values in times.items():
        p95 = quantiles(values, n=20, method="inclusive")[-1]
        figures = min(values), median(values), p95, max(values)
        print(f"{stack:5} {who:22} {event:5} {len(values):3}" + "".join(f"{figure:8.0f}" for figure in figures))


def _calls(stack: Stack) -> None:
    def table(costs: dict[str, tuple[float, float]]) -> None:
        for name, (cpu, wall) in costs.items():
            print(f"{stack.name:5} {name:32}{1e6 * cpu:8.0f}{1e6 * wall:8.0f}")

    with process(stack.environment) as child:
        child.call(probes.load)
        print("no token:")
        table(child.call(probes.costs, 300))
        stack.plug()
        time.sleep(1.0)
        print("one token:")
        table(child.call(probes.first_reading))
        table(child.call(probes.costs, 100))
        stack.pull()


async def measure(stack: Stack, options: argparse.Namespace) -> None:
    """Print one stack's tables."""
    print("\nmilliseconds until seen          event   n     min  median     p95     max")
    _row(stack.name, "driver, blocking", await _driver(stack, options.plugs, probes.block_until))
    _row(stack.name, "driver, polled at once", await _driver(stack, options.plugs, probes.poll_until))
    times, shares = await _program(stack, options.plugs, options.idle)
    _row(stack.name, "Tokens.watch()", times)
    for state, share in shares.items():
        print(f"{stack.name:5} idle, {state}: {share:.2f} % of a core")
    print("\nmicroseconds a call                      CPU    wall")
    _calls(stack)


def main() -> None:
    """Measure the stacks that are asked for and installed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plugs", type=int, default=30, help="how often the token is put in and pulled")
    parser.add_argument("--idle", type=float, default=20.0, help="seconds over which the idle share is taken")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds a card command takes; a real key's: 0.025")
    parser.add_argument("--stacks", nargs="+", choices=STACKS, default=[*STACKS])
    options = parser.parse_args()
    with Bus() as bus:
        card, _ = Shelf(bus, make_ca()).take("rsa2048")
    card.manners.delay = options.delay
    for name in options.stacks:
        if name == "vpcd" and (reason := missing()):
            print(reason)
            continue
        with STACKS[name](card) as stack:
            asyncio.run(measure(stack, options))


if __name__ == "__main__":
    main()
