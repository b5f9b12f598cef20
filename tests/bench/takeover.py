"""Desks that die for good: `python -m tests.bench.takeover [--renewals N] [--takeover S] [--seed N]`.

Three desks on one PostgreSQL, the renewals spread over them and paid one after another; two desks are killed at random
times while that goes on and never come back. Then how long until the third one has issued the last of them, and what
the platform took.
"""

import argparse
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, func, select

from tests.harness.desk.desks import Served, arrive, configured, serving
from tests.rig.postgres import postgres
from tui.core.order import ApplicationStatus, PaymentStatus
from tui.core.payment_method import PaymentMethod
from tui.desk.commands import migrate
from tui.desk.renewals.accounts import create_account
from tui.desk.settings import load
from tui.desk.storage.database import open_database, reading
from tui.desk.storage.records import ApplicationRecord
from tui.sandbox.environment import Environment
from tui.sandbox.files import ACCOUNT, PASSWORD
from tui.sandbox.gateways.common.ledger import Ledger, Stage
from tui.sandbox.wallet import pay

_BURST = 20.0
"""Seconds over which the payments are spread, and within which the desks die."""
_PATIENCE = 300.0


@dataclass(slots=True)
class Course:
    """When what happened, in seconds after the first payment."""

    killed: list[float]
    paid: float = 0.0
    issued: float = 0.0


def _prepare(town: Environment, engine: Engine, desks: list[Served], renewals: int, ending: ExitStack) -> list[str]:
    """Renewals whose codes are shown, on each desk as many; gives the codes."""

    def one(number: int) -> str:
        person = arrive(town, engine, desks[number % len(desks)].url, ending)
        attempt = person.pay(person.entered().business_no, PaymentMethod.ALIPAY).attempt
        assert attempt is not None
        return attempt.qr

    with ThreadPoolExecutor(4) as together:
        return list(together.map(one, range(renewals)))


def _issued(engine: Engine) -> int:
    with reading(engine) as db:
        issued = select(func.count()).where(ApplicationRecord.status == ApplicationStatus.ISSUED)
        return db.unit.scalar(issued) or 0


def _play(town: Environment, engine: Engine, desks: list[Served], codes: list[str], chance: random.Random) -> Course:
    begun, course = time.monotonic(), Course([])

    def since() -> float:
        return time.monotonic() - begun

    def kill(desk: Served, at: float) -> None:
        time.sleep(at)
        desk.process.kill()
        course.killed.append(since())

    deaths = [(desk, chance.uniform(0.1, 1.0) * _BURST) for desk in chance.sample(desks, 2)]
    killers = [threading.Thread(target=kill, args=death) for death in deaths]
    for killer in killers:
        killer.start()
    for number, code in enumerate(codes):
        time.sleep(max(0.0, number * _BURST / len(codes) - since()))
        pay(town.directory, code)
    course.paid = since()
    for killer in killers:
        killer.join()
    while _issued(engine) < len(codes) and since() < _PATIENCE:
        time.sleep(0.1)
    course.issued = since()
    return course


def _report(town: Environment, engine: Engine, renewals: int, course: Course) -> None:
    with reading(engine) as db:
        records = list(db.unit.scalars(select(ApplicationRecord)))
    statuses = Counter(record.status.value for record in records)
    paid = sum(record.payment_status is PaymentStatus.PAID for record in records)
    serials = {record.certificate for record in records if record.certificate}
    trades = list(Ledger(town.directory / "alipay/trades.json").trades())
    once = sum(trade.stage is Stage.PAID and not trade.refunds for trade in trades)
    last = max(*course.killed, course.paid)
    print("| renewals | issued | different certificates | charged once | refunded | killed after | paid by | done by |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|")
    killed = ", ".join(f"{at:.1f} s" for at in sorted(course.killed))
    back = sum(bool(trade.refunds) for trade in trades)
    print(
        f"| {renewals} | {statuses['issued']} | {len(serials)} | {min(once, paid)} | {back} | {killed} "
        f"| {course.paid:.1f} s | {course.issued:.1f} s |"
    )
    print(f"the last one {course.issued - last:.1f} s after the last payment or death; statuses {dict(statuses)}")


def main() -> None:
    """Play once and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--renewals", type=int, default=60)
    parser.add_argument("--takeover", type=int, default=60, help="the setting takeover_seconds")
    parser.add_argument("--seed", type=int, default=9)
    options = parser.parse_args()
    with (
        TemporaryDirectory() as folder,
        postgres() as database,
        Environment(Path(folder)) as town,
        ExitStack() as ending,
    ):
        lines = (f"takeover_seconds = {options.takeover}", "qr_seconds = 900")
        configs = [configured(town, database, f"desk{number}", *lines) for number in range(3)]
        migrate(configs[0])
        settings = load(configs[0])
        engine = open_database(settings.database, settings.data_key)
        ending.callback(engine.dispose)
        create_account(engine, ACCOUNT, PASSWORD)
        desks = [ending.enter_context(serving(config)) for config in configs]
        codes = _prepare(town, engine, desks, options.renewals, ending)
        course = _play(town, engine, desks, codes, random.Random(options.seed))
        _report(town, engine, options.renewals, course)


if __name__ == "__main__":
    main()
