"""Two desks on one PostgreSQL: whatever one of them began, killed or not, goes on and is done once."""

import hashlib
import re
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import Engine, select

from tests.harness.desk.town import Person
from tests.rig.postgres import postgres
from tui.core.exits import Exit
from tui.core.order import ApplicationStatus, AttemptState, Method, PaymentStatus
from tui.desk.commands import migrate as desk_migrate
from tui.desk.renewals.accounts import bind_certificate, create_account
from tui.desk.settings import load
from tui.desk.storage.database import open_database, reading
from tui.desk.storage.records import AttemptRecord
from tui.sandbox.environment import Town
from tui.sandbox.files import ACCOUNT, PASSWORD
from tui.sandbox.gateways.common.ledger import Ledger, Stage
from tui.sandbox.provision import issue
from tui.sandbox.wallet import pay

pytestmark = pytest.mark.xdist_group("dbos")
DEADLINE = 60.0
TRADES = 3
"""Applications on each desk."""


@dataclass(slots=True)
class Served:
    """One desk process."""

    config: Path
    process: "subprocess.Popen[str]"
    url: str


@contextmanager
def serving(config: Path) -> Iterator[Served]:
    """`desk serve` until the block ends."""
    with (config.parent / f"{config.stem}.log").open("a") as log:
        command = [sys.executable, "-m", "tui", "desk", "serve", "--config", str(config)]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=log, text=True)
    assert process.stderr is not None
    url = process.stderr.readline().strip()
    drain = threading.Thread(target=process.stderr.read, daemon=True)
    drain.start()
    try:
        yield Served(config, process, url)
    finally:
        process.terminate()
        process.wait(DEADLINE)
        drain.join()
        process.stderr.close()


@pytest.fixture(scope="module")
def gateways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The payment platforms; the desk that comes with them has a database of its own and is not asked."""
    with Town(tmp_path_factory.mktemp("town")) as running:
        yield running


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with postgres() as url:
        yield url


def configured(gateways: Town, database: str, name: str) -> Path:
    """The sandbox's desk.toml with this database and a name of its own, on a free port."""
    text = (gateways.directory / "desk.toml").read_text()
    text = re.sub(r"^database = .*$", f'database = "{database}"\nexecutor = "{name}"', text, flags=re.MULTILINE)
    text = re.sub(r"^port = \d+$", "port = 0", text, count=1, flags=re.MULTILINE)
    text = re.sub(r"^public_url = .*\n", "", text, flags=re.MULTILINE)
    (gateways.directory / f"{name}.toml").write_text(text)
    (gateways.directory / f"{name}.toml").chmod(0o600)
    return gateways.directory / f"{name}.toml"


@pytest.fixture
def engine(gateways: Town, database: str) -> Iterator[Engine]:
    settings = load(configured(gateways, database, "engine"))
    engine = open_database(settings.database, settings.data_key)
    yield engine
    engine.dispose()


def arrive(gateways: Town, engine: Engine, url: str, ending: ExitStack) -> Person:
    """Somebody whose certificate ends in 20 days, signed in at this desk."""
    old, new = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    der = issue(gateways.directory / "ca", old.public_key(), "张三", 20).public_bytes(Encoding.DER)
    bind_certificate(engine, ACCOUNT, hashlib.sha256(der).hexdigest())
    tls = ssl.create_default_context(cafile=gateways.addresses.ca_file)
    client = ending.enter_context(httpx.Client(base_url=url, verify=tls, trust_env=False, timeout=20))
    return Person(cast(Any, client), old, der, new).sign_in(ACCOUNT, PASSWORD)


def until(person: Person, number: str, status: ApplicationStatus) -> None:
    """Wait for the application's status."""
    end, tick = time.monotonic() + DEADLINE, threading.Event()
    while (now := person.see(number)).status is not status:
        assert time.monotonic() < end, (number, now.status, now.payment_status)
        tick.wait(0.1)


def test_one_desk_is_killed_before_the_money_comes_and_comes_back(
    gateways: Town, database: str, engine: Engine
) -> None:
    configs = [configured(gateways, database, name) for name in ("one", "two")]
    with ThreadPoolExecutor() as both:
        assert list(both.map(desk_migrate, configs)) == [Exit.DONE] * 2
    with ExitStack() as ending:
        one, two = (ending.enter_context(serving(config)) for config in configs)
        create_account(engine, ACCOUNT, PASSWORD)
        people = [arrive(gateways, engine, desk.url, ending) for desk in (one, two) for _ in range(TRADES)]
        numbers = [person.entered().business_no for person in people]
        codes = [person.pay(number, Method.ALIPAY).attempt for person, number in zip(people, numbers, strict=True)]
        one.process.kill()
        for code in codes:
            assert code is not None
            pay(gateways.directory, code.qr)
        ending.enter_context(serving(configs[0]))
        for number in numbers:
            until(people[-1], number, ApplicationStatus.ISSUED)  # what the one desk began is seen at the other
            assert people[-1].see(number).payment_status is PaymentStatus.PAID
    with reading(engine) as db:
        attempts = set(db.scalars(select(AttemptRecord.attempt_no).where(AttemptRecord.state == AttemptState.PAID)))
    trades = list(Ledger(gateways.directory / "alipay/trades.json").trades())
    assert {trade.number for trade in trades} == attempts
    assert [(trade.stage, trade.refunds) for trade in trades] == [(Stage.PAID, ())] * 2 * TRADES
