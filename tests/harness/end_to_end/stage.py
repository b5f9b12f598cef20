"""A kiosk at a counter of the sandbox town: keys in, screens out; runtime, token, desk and gateways are real."""

import asyncio
import gc
import logging
import os
import signal
import ssl
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from hashlib import sha256
from itertools import count
from pathlib import Path
from time import monotonic
from typing import cast

import httpx
from sqlalchemy import Engine, select
from textual.events import Key
from textual.keys import _character_to_key as character_to_key
from textual.pilot import Pilot

from tests.harness.end_to_end.town import Town
from tests.rig.softhsm import MODULE, KeyKind, SoftToken, TestCa, make_token
from tui.core.application import ApplicationForm
from tui.core.order import Application, Method
from tui.desk.renewals.accounts import bind_certificate
from tui.desk.settings import load as load_desk
from tui.desk.storage.database import open_database, reading
from tui.desk.storage.records import AttemptRecord
from tui.journey.events import Event
from tui.journey.state import Step
from tui.kiosk import wiring
from tui.kiosk.app import KioskApp
from tui.kiosk.autoplay import LOOK, Autoplay, Visitor
from tui.kiosk.runtime.pace import Pace
from tui.kiosk.runtime.ports import Ports
from tui.kiosk.runtime.runtime import Runtime
from tui.kiosk.screens.form import FormScreen
from tui.kiosk.settings import KioskSettings, ModuleSettings
from tui.kiosk.settings import load as load_kiosk
from tui.kiosk.unattended.answers import read_answers
from tui.kiosk.widgets.choice import Choice, Tick
from tui.process.logbook import open_logbook
from tui.sandbox.files import ACCOUNT, PASSWORD, read_addresses
from tui.sandbox.gateways.common.ledger import Ledger, Trade
from tui.sandbox.wallet import pay

PIN = "73915824"
PATIENCE = 60.0
"""Seconds after which a journey that stands still has failed."""
AT_THE_MACHINE = frozenset({Step.REQUESTING, Step.ISSUING, Step.INSTALLING})
"""Steps that end by themselves."""

_numbers = count(1)


class WatchedKiosk(KioskApp):
    """The kiosk; it says when an event has gone through the flow, and lets a test act the moment one comes in."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime)
        self.moved = asyncio.Event()
        self.trail: list[Step] = []
        """Every step, in order."""
        self.at_arrival: Callable[[Event], None] = lambda event: None
        """Called in the thread that brings the event, before anything else sees it."""

    def advance(self, event: Event) -> None:
        """An event comes in."""
        self.at_arrival(event)
        super().advance(event)

    async def take(self, event: Event) -> None:
        """The flow, the screen, the commands; then whoever waits looks again."""
        await super().take(event)
        if not self.trail or self.trail[-1] is not self.state.step:
            self.trail.append(self.state.step)
        self.moved.set()


class Person(Autoplay):
    """Presses keys as the demonstration does; knows how to try again, and when to look away."""

    app: WatchedKiosk

    def __init__(self, visitor: Visitor, app: WatchedKiosk, pilot: Pilot[object], town: Town) -> None:
        super().__init__(visitor, speed=1e9)
        self.app, self.pilot, self._town = app, pilot, town
        self._paid = ""

    @property
    def application(self) -> Application:
        """As the kiosk knows it now."""
        assert self.app.state.application is not None
        return self.app.state.application

    @property
    def qr(self) -> str:
        """What the phone would scan."""
        assert self.application.attempt is not None
        return self.application.attempt.qr

    @property
    def text(self) -> str:
        """All that stands on the terminal, row by row."""
        return "\n".join(strip.text.rstrip() for strip in self.app.screen._compositor.render_strips())

    async def walk_to(self, *goals: Step) -> None:
        """Do what each screen wants until one of these waits for the person; failures are tried again."""
        while await self._settled() not in goals:
            await self._act(self.app.state.step)

    async def until(self, step: Step) -> None:
        """Wait, without a key, until the step is reached and nothing is under way."""
        await self._until(lambda: self.app.state.step is step and self.app.state.busy is None)

    async def reached(self, *steps: Step) -> None:
        """Wait, without a key, until one of these is shown, whatever is under way."""
        await self._until(lambda: self.app.state.step in steps)

    async def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        await self.pilot.press(*keys)

    async def pay(self) -> None:
        """The phone scans what the screen shows and pays."""
        await asyncio.to_thread(pay, self._town.directory, self.qr)
        self._paid = self.qr

    async def choose(self, method: Method) -> None:
        """Turn to the method, with the arrow keys."""
        await self._go_to("#method")
        while self.app.step_screen.query_one("#method", Choice).value is not method:
            await self.pilot.press("left")

    async def fill_form(self) -> None:
        """The whole form, without 提交."""
        form = self.visitor.form
        await self._go_to("#field-id-number Input")
        await self._enter(form.id_number, form.agent_name, form.agent_mobile, form.agent_email)
        await self._go_to("#copy")
        await self.pilot.press("enter")
        await self._go_to("#field-recipient-address Input")
        await self._enter(form.recipient_address)

    async def press_main(self) -> None:
        """The button of the obvious next act."""
        await self._press_main()

    async def fill_invoice(self) -> None:
        """Tax number and title, without 提交."""
        await self._type_invoice()

    def form_on_screen(self) -> ApplicationForm:
        """What stands in the form's fields."""
        screen = self.app.step_screen
        assert isinstance(screen, FormScreen)
        return screen.typed()

    async def enter_pin(self, pin: str) -> None:
        """Type it and press 确定."""
        await self._enter(pin)

    # ── how Autoplay's ways differ here ─────────────────────────────────────
    async def _act(self, step: Step) -> None:
        failed = self.app.state.failure
        if failed is None:
            await self._acts.get(step, self._press_main)()
        else:
            await self._try_again(step)
        await self._until(lambda: self.app.state.step is not step or self._refused(failed is None))

    def _refused(self, first: bool) -> bool:
        return first and self.app.state.failure is not None and self.app.state.busy is None

    async def _try_again(self, step: Step) -> None:
        if step in (Step.REQUEST_PIN, Step.INSTALL_PIN):
            await self._enter_pin()
        elif self.app.step_screen.offers("retry", self.app.state) and step is not Step.QR:
            await self.pilot.press("f6")
        else:
            await self._press_main()

    async def _accept(self) -> None:
        if not self.app.step_screen.query_one(Tick).ticked:
            await self._go_to("Tick")
            await self.pilot.press("space")
        await self._press_main()

    async def _fill_form(self) -> None:
        if not self.form_on_screen().id_number:
            await self.fill_form()
        await self._press_main()

    async def _fill_invoice(self) -> None:
        if not self.app.state.invoice.title:
            await self.fill_invoice()
        await self._press_main()

    async def _pay(self) -> None:
        if self.qr != self._paid:  # else the screen has not heard of it yet
            await self.pay()

    async def _type(self, text: str) -> None:
        for character in text:  # as fast as a scanner types: `Pilot.press` would rest after each key
            self.app.post_message(Key(character_to_key(character), character))
        await self.pilot.pause()

    async def _look(self) -> None:
        """No pause."""

    def _waits_for_the_person(self) -> bool:
        state = self.app.state
        stuck = state.step in AT_THE_MACHINE and state.failure is not None and state.busy is None
        return stuck or super()._waits_for_the_person()

    async def _until(self, there: Callable[[], bool]) -> None:
        end = monotonic() + PATIENCE
        while not there():
            state = self.app.state
            assert monotonic() < end, (state.step, state.busy, state.failure, self.app.trail)
            self.app.moved.clear()
            with suppress(TimeoutError):  # a widget may open without an event
                await asyncio.wait_for(self.app.moved.wait(), LOOK)
        await self.pilot.pause()


@asynccontextmanager
async def at_counter(
    town: Town, token: SoftToken, *, account: tuple[str, str] = (ACCOUNT, PASSWORD), log: Path | None = None
) -> AsyncIterator[Person]:
    """Somebody at a kiosk of this town with this token in it; the kiosk is closed at the end."""
    known = read_answers(town.directory / "answers.toml")
    visitor = Visitor(*account, token.pin, known.form, known.invoice)
    with logbook(log):
        app = WatchedKiosk(quick_runtime(settings(town, token)))
        try:
            async with app.run_test(size=(80, 24)) as pilot:
                yield Person(visitor, app, cast(Pilot[object], pilot), town)
        finally:
            await asyncio.to_thread(app.runtime.stop)
            gc.collect()  # what httpcore left open must not be found in another test


def quick_runtime(kiosk: KioskSettings) -> Runtime:
    """`kiosk.wiring.runtime` with shorter pauses between two looks at the desk."""

    def build() -> Ports:
        desk = wiring.desk(kiosk)
        return Ports(wiring.tokens(kiosk.modules), desk, wiring.checks(kiosk, desk))

    return Runtime(build, pace=Pace(poll=0.3, service=1.0, retry=0.3, longest=1.0))


def settings(town: Town, token: SoftToken) -> KioskSettings:
    """The town's kiosk.toml with this token's driver alone."""
    kiosk = load_kiosk(town.directory / "kiosk.toml")
    return replace(kiosk, modules=(ModuleSettings(token.module, token.environment),))


@contextmanager
def logbook(path: Path | None) -> Iterator[None]:
    """Write the kiosk's log as the program does, and leave the logger as it was."""
    log = logging.getLogger("tui")
    before = log.handlers[:], log.propagate, log.level
    handler = open_logbook(path)
    try:
        yield
    finally:
        log.handlers, log.propagate = before[0], before[1]
        log.setLevel(before[2])
        if handler is not None:
            handler.close()


def new_token(town: Town, directory: Path, key: KeyKind = "ec256") -> SoftToken:
    """A token with 20 days left, issued by the town's CA and bound to its account."""
    ca = TestCa.load(town.directory / "ca/ca.pem", town.directory / "ca/ca.key")
    token = make_token(directory / f"token{next(_numbers)}", key=key, ca=ca, pin=PIN)
    with on_the_desk_database(town) as engine:
        bind_certificate(engine, ACCOUNT, sha256(token.certificate_der).hexdigest())
    return token


def ledger_of(town: Town, business_no: str, *methods: Method) -> list[Trade]:
    """What the platforms' own ledgers hold for one application: of these methods, or of all."""
    with on_the_desk_database(town) as engine, reading(engine) as db:
        numbers = set(db.scalars(select(AttemptRecord.attempt_no).where(AttemptRecord.business_no == business_no)))
    folders = [town.directory / method.value for method in methods or Method]
    return [trade for folder in folders for trade in Ledger(folder / "trades.json").trades() if trade.number in numbers]


@contextmanager
def on_the_desk_database(town: Town) -> Iterator[Engine]:
    """The desk's database, from another process than the desk."""
    desk = load_desk(town.directory / "desk.toml")
    engine = open_database(desk.database, desk.data_key)
    try:
        yield engine
    finally:
        engine.dispose()


def kill_desk(town: Town) -> int:
    """As a power cut does; the town starts it again by itself. Gives the dead one's process id."""
    pid = int((town.directory / "desk.pid").read_text())
    os.kill(pid, signal.SIGKILL)
    return pid


async def desk_is_back(town: Town, dead: int) -> None:
    """Return when the dead desk's successor answers."""
    addresses, end = read_addresses(town.directory), monotonic() + PATIENCE
    tls = ssl.create_default_context(cafile=addresses.ca_file)
    async with httpx.AsyncClient(verify=tls, timeout=2, trust_env=False) as client:
        while True:
            assert monotonic() < end, "the desk does not come back"
            with suppress(httpx.HTTPError):
                answer = await client.get(f"{addresses.desk}/v1/service", headers={"Kiosk-Version": "999.0.0"})
                if answer.is_success and (town.directory / "desk.pid").read_text().strip() != str(dead):
                    return
            await asyncio.sleep(LOOK)


async def show_the_code(town: Town, token: SoftToken) -> None:
    """Walk to the QR code, print the business number, and stand there until killed."""
    async with at_counter(town, token) as person:
        await person.walk_to(Step.QR)
        print(person.application.business_no, file=sys.__stdout__, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    place, store = map(Path, sys.argv[1:])
    environment = (("SOFTHSM2_CONF", str(store / "softhsm2.conf")),)
    asyncio.run(show_the_code(Town(place), SoftToken(store, MODULE, environment, b"", PIN, "")))
