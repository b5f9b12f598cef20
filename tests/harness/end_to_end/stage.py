"""A kiosk at a counter of the sandbox; runtime, token, desk and gateways are real."""

import asyncio
import gc
import logging
import os
import signal
import ssl
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from hashlib import sha256
from itertools import count
from pathlib import Path
from time import monotonic
from typing import cast

import httpx
from sqlalchemy import Engine, select
from textual.pilot import Pilot

from tests.harness.end_to_end.person import PATIENCE, Person, WatchedKiosk
from tests.harness.end_to_end.sandbox import Sandbox
from tests.rig.simulator import Simulator
from tests.rig.softhsm import MODULE, KeyKind, SoftToken, TestCa, make_token
from tui.core.payment_method import PaymentMethod
from tui.desk.renewals.accounts import bind_certificate
from tui.desk.settings import load as load_desk
from tui.desk.storage.database import open_database, reading
from tui.desk.storage.records import AttemptRecord
from tui.journey.state import Step
from tui.kiosk import wiring
from tui.kiosk.autoplay import LOOK, Visitor
from tui.kiosk.runtime.desk_time import DeskTime
from tui.kiosk.runtime.pace import Pace
from tui.kiosk.runtime.ports import Ports
from tui.kiosk.runtime.runtime import Runtime
from tui.kiosk.settings import KioskSettings, ModuleSettings
from tui.kiosk.settings import load as load_kiosk
from tui.kiosk.unattended.answers import read_answers
from tui.process.logbook import open_logbook
from tui.sandbox.files import ACCOUNT, PASSWORD, read_addresses
from tui.sandbox.gateways.common.ledger import Ledger, Trade

PIN = "73915824"
_numbers = count(1)


@asynccontextmanager
async def at_counter(
    sandbox: Sandbox,
    token: SoftToken | Simulator,
    *,
    account: tuple[str, str] = (ACCOUNT, PASSWORD),
    log: Path | None = None,
) -> AsyncIterator[Person]:
    """Somebody at a kiosk of this sandbox with this token in it; the kiosk is closed at the end."""
    known = read_answers(sandbox.directory / "answers.toml")
    visitor = Visitor(*account, token.pin, known.form, known.invoice)
    with logbook(log):
        app = WatchedKiosk(quick_runtime(settings(sandbox, token)))
        try:
            async with app.run_test(size=(80, 24)) as pilot:
                yield Person(visitor, app, cast(Pilot[object], pilot), sandbox)
        finally:
            await asyncio.to_thread(app.runtime.stop)
            gc.collect()  # what httpcore left open must not be found in another test


def quick_runtime(kiosk: KioskSettings) -> Runtime:
    """`kiosk.wiring.runtime` with shorter pauses between two looks at the desk."""

    def build() -> Ports:
        desk = wiring.desk(kiosk)
        time = DeskTime()
        return Ports(wiring.tokens(kiosk.modules), desk, wiring.checks(kiosk, desk, time), time)

    return Runtime(build, pace=Pace(poll=0.3, service=1.0, retry=0.3, longest=1.0))


def settings(sandbox: Sandbox, token: SoftToken | Simulator) -> KioskSettings:
    """The sandbox's kiosk.toml with this token's driver alone."""
    kiosk = load_kiosk(sandbox.directory / "kiosk.toml")
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


def new_token(sandbox: Sandbox, directory: Path, key: KeyKind = "ec256") -> SoftToken:
    """A token with 20 days left, issued by the sandbox's CA and bound to its account."""
    ca = TestCa.load(sandbox.directory / "ca/ca.pem", sandbox.directory / "ca/ca.key")
    token = make_token(directory / f"token{next(_numbers)}", key=key, ca=ca, pin=PIN)
    with on_the_desk_database(sandbox) as engine:
        bind_certificate(engine, ACCOUNT, sha256(token.certificate_der).hexdigest())
    return token


def ledger_of(sandbox: Sandbox, business_no: str, *methods: PaymentMethod) -> list[Trade]:
    """What the platforms' own ledgers hold for one application: of these methods, or of all."""
    with on_the_desk_database(sandbox) as engine, reading(engine) as db:
        numbers = set(db.unit.scalars(select(AttemptRecord.attempt_no).where(AttemptRecord.business_no == business_no)))
    folders = [sandbox.directory / method.value for method in methods or PaymentMethod]
    return [trade for folder in folders for trade in Ledger(folder / "trades.json").trades() if trade.number in numbers]


@contextmanager
def on_the_desk_database(sandbox: Sandbox) -> Iterator[Engine]:
    """The desk's database, from another process than the desk."""
    desk = load_desk(sandbox.directory / "desk.toml")
    engine = open_database(desk.database, desk.data_key)
    try:
        yield engine
    finally:
        engine.dispose()


def kill_desk(sandbox: Sandbox) -> int:
    """As a power cut does; the sandbox starts it again by itself. Gives the dead one's process id."""
    pid = int((sandbox.directory / "desk.pid").read_text())
    os.kill(pid, signal.SIGKILL)
    return pid


async def desk_is_back(sandbox: Sandbox, dead: int) -> None:
    """Return when the dead desk's successor answers."""
    addresses, end = read_addresses(sandbox.directory), monotonic() + PATIENCE
    tls = ssl.create_default_context(cafile=addresses.ca_file)
    async with httpx.AsyncClient(verify=tls, timeout=2, trust_env=False) as client:
        while True:
            assert monotonic() < end, "the desk does not come back"
            with suppress(httpx.HTTPError):
                answer = await client.get(f"{addresses.desk}/v1/service", headers={"Kiosk-Version": "999.0.0"})
                if answer.is_success and (sandbox.directory / "desk.pid").read_text().strip() != str(dead):
                    return
            await asyncio.sleep(LOOK)


async def show_the_code(sandbox: Sandbox, token: SoftToken) -> None:
    """Walk to the QR code, print the business number, and stand there until killed."""
    async with at_counter(sandbox, token) as person:
        await person.walk_to(Step.QR)
        print(person.application.business_no, file=sys.__stdout__, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    place, store = map(Path, sys.argv[1:])
    environment = (("SOFTHSM2_CONF", str(store / "softhsm2.conf")),)
    asyncio.run(show_the_code(Sandbox(place), SoftToken(store, MODULE, environment, b"", PIN, "")))
