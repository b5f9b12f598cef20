"""Operators' commands in processes of their own, beside a desk process that runs, dies and comes up again."""

import hashlib
import json
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, cast

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select

from tests.harness.desk.town import Person
from tui.core.order import Application, ApplicationStatus, AttemptState, PaymentStatus
from tui.core.payment_method import PaymentMethod
from tui.desk.payments.gateway import TradeState
from tui.desk.payments.polling import to_port
from tui.desk.platforms.alipay.gateway import Alipay
from tui.desk.renewals.accounts import bind_certificate
from tui.desk.settings import load
from tui.desk.storage.database import open_database, reading
from tui.desk.storage.records import AttemptRecord
from tui.sandbox.commands import pay
from tui.sandbox.environment import Environment
from tui.sandbox.files import ACCOUNT, PASSWORD
from tui.sandbox.provision import issue

DEADLINE = 60.0


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """Gateways here, the desk in its own process."""
    with Environment(tmp_path_factory.mktemp("town")) as running:
        yield running


@pytest.fixture
def person(town: Environment) -> Iterator[Person]:
    """Somebody whose certificate ends in 20 days, signed in."""
    old, new = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    certificate = issue(town.directory / "ca", old.public_key(), "张三", 20)
    engine = open_database(load(town.directory / "desk.toml").database)
    der = certificate.public_bytes(Encoding.DER)
    bind_certificate(engine, ACCOUNT, hashlib.sha256(der).hexdigest())
    engine.dispose()
    tls = ssl.create_default_context(cafile=town.addresses.ca_file)
    with httpx.Client(base_url=town.addresses.desk, verify=tls, trust_env=False, timeout=20) as client:
        yield Person(cast(Any, client), old, der, new).sign_in(ACCOUNT, PASSWORD)


def command(town: Environment, *words: str) -> "subprocess.Popen[str]":
    told = [sys.executable, "-m", "tui", "desk", words[0], "--config", str(town.directory / "desk.toml"), *words[1:]]
    return subprocess.Popen(told, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def awaited(person: Person, business_no: str, reached: Callable[[Application], bool]) -> Application:
    """The application once it is as wished; a desk that is down is asked again."""
    end, tick = time.monotonic() + DEADLINE, threading.Event()
    while True:
        assert time.monotonic() < end
        try:
            if reached(application := person.see(business_no)):
                return application
        except httpx.TransportError:
            pass
        tick.wait(0.1)


def issued(town: Environment, person: Person) -> str:
    """The business number of an application that was paid at the gateway and issued by the desk."""
    number = person.entered().business_no
    person.pay(number, PaymentMethod.ALIPAY)
    assert pay(town.directory, business_no=number) == 0
    awaited(person, number, lambda application: application.status is ApplicationStatus.ISSUED)
    return number


def at_the_platform(town: Environment, business_no: str) -> tuple[TradeState, bool]:
    """What Alipay itself says of the only attempt, and whether its money moved."""
    settings = load(town.directory / "desk.toml")
    engine = open_database(settings.database, settings.data_key)
    with reading(engine) as db:
        (attempt,) = db.unit.scalars(select(AttemptRecord).where(AttemptRecord.business_no == business_no))
    engine.dispose()
    assert settings.payments.alipay
    outcome = Alipay(settings.payments.alipay).query(to_port(attempt))
    return outcome.state, outcome.paid_at is not None


def test_of_operators_at_once_one_decides_and_a_desk_that_is_killed_still_sends(
    town: Environment, person: Person
) -> None:
    number = issued(town, person)
    assert at_the_platform(town, number) == (TradeState.PAID, True)
    asked = ("refund", "--reason", "客户要求", "--after-issue", number)
    decided = [command(town, *asked) for _ in range(3)]
    said = [process.communicate(timeout=DEADLINE)[1] for process in decided]
    town.desk.restart()  # SIGKILL
    assert sorted(process.returncode for process in decided) == [0, 3, 3], said
    back = awaited(person, number, lambda application: application.payment_status is PaymentStatus.REFUNDED)
    assert [(refund.amount_fen, refund.done, refund.cause) for refund in back.refunds] == [(20000, True, "operator")]
    assert at_the_platform(town, number) == (TradeState.CLOSED, True)  # paid, and given back in full
    shown = command(town, "orders", "--json", number)
    seen = json.loads(shown.communicate(timeout=DEADLINE)[0])
    assert [attempt["state"] for attempt in seen["attempts"]] == [AttemptState.REFUNDED.value]
    assert [act["kind"] for act in seen["acts"]] == ["refund"]
