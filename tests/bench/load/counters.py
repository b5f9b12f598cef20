"""All simulated kiosks, in a process of their own: `python -m tests.bench.load.counters PLAN`.

It says a line when it is ready and begins when it is told one; then it says what it saw, as JSON, and
waits for its end.
"""

import asyncio
import ssl
import sys
import time
from pathlib import Path

import msgspec

from tests.bench.load.kiosk import Kiosk, Manner, Record, Refused
from tests.bench.load.people import Person
from tests.bench.load.wire import Wire
from tui.core.payment_method import PaymentMethod


class Plan(msgspec.Struct, frozen=True):
    """What they are to do."""

    url: str
    wallet: str
    """The payment platform's address."""
    ca_file: str
    people: list[Person]
    """Who renew, as far as they are not `waiting`."""
    kiosks: int
    """That renew at once."""
    method: PaymentMethod = PaymentMethod.ALIPAY
    poll: float = 2.0
    wait: float = 0.0
    """Seconds that the desk may hold an answer; 0: it answers at once."""
    waiting: int = 0
    """Kiosks that look at applications which nobody pays."""
    applications: int = 0
    """So many; the last of the people have them."""
    seconds: float = 0.0
    """That those look; 0: until all have renewed."""


class Seen(msgspec.Struct, frozen=True):
    """What came of it."""

    renewed: int
    failed: int
    seconds: float
    calls: dict[str, list[float]]
    failures: dict[str, int]


class _Counters:
    def __init__(self, plan: Plan) -> None:
        self._plan, self._record = plan, Record()
        tls = ssl.create_default_context(cafile=plan.ca_file)
        manner = Manner(plan.method, plan.poll, plan.wait)

        def kiosk() -> Kiosk:
            return Kiosk(Wire(plan.url, tls), Wire(plan.wallet, tls), manner, self._record)

        self._renewing = [kiosk() for _ in range(plan.kiosks)]
        self._looking = [kiosk() for _ in range(plan.waiting)]
        cut = len(plan.people) - plan.applications
        self._people, self._owners = iter(plan.people[:cut]), plan.people[cut:]
        self._renewed = self._failed = 0
        self._over = False

    async def play(self) -> None:
        """All of it."""
        numbers = await self._enter()
        arrivals = await self._arrive(numbers)
        self._record.calls.clear()
        if arrivals:
            self._record.calls["(arrival of all at once)"] = arrivals
        print(flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        begun = time.monotonic()
        looking = [
            asyncio.create_task(kiosk.look_on(numbers[number % len(numbers)]))
            for number, kiosk in enumerate(self._looking)
        ]
        renewing = asyncio.gather(*(self._renew(kiosk, number) for number, kiosk in enumerate(self._renewing)))
        if self._plan.seconds:
            await asyncio.sleep(self._plan.seconds)
            self._over = True
        await renewing
        seconds = time.monotonic() - begun
        for task in looking:
            task.cancel()
        await asyncio.gather(*looking, return_exceptions=True)
        seen = Seen(self._renewed, self._failed, seconds, dict(self._record.calls), dict(self._record.failures))
        print(msgspec.json.encode(seen).decode(), flush=True)

    async def _enter(self) -> list[str]:
        """The applications that are looked at; whoever looks has the session of its owner."""
        numbers = []
        for number, person in enumerate(self._owners):
            first = self._looking[number]
            numbers.append((await first.enter(person)).business_no)
            for kiosk in self._looking[number :: len(self._owners)]:
                kiosk.take_over(first)
        return numbers

    async def _arrive(self, numbers: list[str]) -> list[float]:
        """All who look come at once, as after a power cut, and then are there, as they are all day; what each took."""
        self._record.calls.clear()
        looking = enumerate(self._looking)
        await asyncio.gather(*(kiosk.arrive(numbers[number % len(numbers)]) for number, kiosk in looking))
        return self._record.calls.get("poll", [])

    async def _renew(self, kiosk: Kiosk, number: int) -> None:
        await asyncio.sleep(number * self._plan.poll / max(len(self._renewing), 1))  # they do not come in step
        for person in self._people:
            try:
                await kiosk.renew(person)
            except (Refused, OSError, EOFError, TimeoutError) as error:
                self._failed += 1
                self._record.failures[f"not renewed: {type(error).__name__} {error}"] += 1
            else:
                self._renewed += 1
            if self._over:
                break


def main() -> None:
    """Play the plan in the file that is named."""
    plan = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Plan)
    asyncio.run(_Counters(plan).play())
    sys.stdin.read()


if __name__ == "__main__":
    main()
