"""What a renewal costs the database: `python -m tests.bench.statements [--renewals N] [--wait SECONDS]`.

A real desk on a PostgreSQL of its own, with the sandbox's gateways; the kiosk's own client makes the renewals, one
after another. Statements are those that the server logs, of all connections; BEGIN, COMMIT and ROLLBACK are none, a
transaction counts once. What an idle desk does anyway is measured before and subtracted.
"""

import argparse
import asyncio
import re
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, make_url, text

from tests.bench.statements.log import BENCH, OPTIONS, Phase, Signature, mark, phases
from tests.bench.statements.renewal import arrive, leave, renew
from tests.rig.postgres import postgres
from tui import __version__
from tui.core.order import Method
from tui.desk.commands import migrate
from tui.desk.renewals.accounts import create_account
from tui.desk.settings import load
from tui.desk.storage.database import open_database
from tui.deskclient.client import DeskClient
from tui.sandbox.environment import Environment
from tui.sandbox.files import ACCOUNT, PASSWORD

_SETTLING = 5.0
"""Seconds before the idle rate is taken."""
_IDLE, _RENEWAL, _AFTERWARDS, _PAUSE = "idle", "sign-in to proof", "afterwards", "pause"
Rates = dict[Signature, float]
"""Transactions a second."""


@dataclass(slots=True)
class Cost:
    """Sums for one renewal."""

    statements: float = 0.0
    transactions: float = 0.0
    pings: float = 0.0

    def add(self, transactions: float, signature: Signature) -> None:
        """So many more of this kind."""
        self.statements += transactions * len(signature.statements)
        self.transactions += transactions
        self.pings += transactions * signature.pings


@contextmanager
def _serving(config: Path) -> Iterator[str]:
    """The desk whose statements are signed; gives its address."""
    command = [sys.executable, "-m", "tests.bench.statements.desk", "desk", "serve", "--config", str(config)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            yield process.stderr.readline().strip()
        finally:
            process.terminate()
            threading.Thread(target=process.stderr.read, daemon=True).start()
            process.wait(30)


def _configured(sandbox: Environment, database: str) -> Path:
    """The sandbox's desk.toml with this database, on a free port."""
    settings = (sandbox.directory / "desk.toml").read_text()
    settings = re.sub(r"^database = .*$", f'database = "{database}"', settings, flags=re.MULTILINE)
    settings = re.sub(r"^port = \d+$", "port = 0", settings, count=1, flags=re.MULTILINE)
    settings = re.sub(r"^public_url = .*\n", "", settings, flags=re.MULTILINE)
    config = sandbox.directory / "measured.toml"
    config.write_text(settings)
    config.chmod(0o600)
    return config


async def _renewals(sandbox: Environment, url: str, engine: Engine, options: argparse.Namespace) -> None:
    def say(phase: str) -> None:
        with engine.connect() as connection:
            connection.execute(text(mark(phase)))

    desk = DeskClient(url, sandbox.directory / "tls/ca.pem", __version__)
    for number in range(options.renewals + 1):  # the first fills the pools and is not counted
        person = await asyncio.to_thread(arrive, sandbox.directory, engine)
        say(_RENEWAL if number else "warm-up")
        business_no = await renew(desk, person, sandbox.directory, engine, method=options.method, wait=options.wait)
        say(_AFTERWARDS if number else "warm-up")
        await leave(desk, engine, business_no)
        say(_PAUSE)
        if not number:
            await asyncio.sleep(_SETTLING)
            say(_IDLE)
            await asyncio.sleep(options.idle)
            say(_PAUSE)
    await desk.close()


def _rates(idle: Phase) -> Rates:
    return {signature: count / idle.seconds for signature, count in idle.seen.items()}


def _costs(seen: list[Phase], rates: Rates, renewals: int) -> dict[str, Cost]:
    """By who sent them, beyond the idle rate, for one renewal."""
    together: Counter[Signature] = Counter()
    for phase in seen:
        together += phase.seen
    seconds = sum(phase.seconds for phase in seen)
    costs: dict[str, Cost] = defaultdict(Cost)
    for signature, count in together.items():
        beyond = count - rates.get(signature, 0.0) * seconds
        if signature not in rates or beyond > 0:
            costs[signature.origin or "?"].add(beyond / renewals, signature)
    return costs


def _print(title: str, costs: dict[str, Cost]) -> None:
    print(f"\n| {title} | statements | transactions | pre-pings |\n|---|---:|---:|---:|")
    for origin, cost in costs.items():
        print(f"| {origin} | {cost.statements:.1f} | {cost.transactions:.1f} | {cost.pings:.1f} |")
    sums = [sum(getattr(cost, name) for cost in costs.values()) for name in ("statements", "transactions", "pings")]
    print(f"| **sum** | **{sums[0]:.1f}** | **{sums[1]:.1f}** | **{sums[2]:.1f}** |")


def _report(folder: Path, renewals: int, *, each: bool) -> None:
    found = phases(folder)
    (idle,) = (phase for phase in found if phase.name == _IDLE)
    rates = _rates(idle)
    at_idle = Cost()
    for signature, rate in rates.items():
        at_idle.add(rate, signature)
    print(
        f"{renewals} renewals, {sys.version.split()[0]}; idle: {at_idle.statements:.1f} statements, "
        f"{at_idle.transactions:.1f} transactions and {at_idle.pings:.1f} pre-pings a second"
    )
    for name in (_RENEWAL, _AFTERWARDS):
        seen = [phase for phase in found if phase.name == name]
        _print(name, _costs(seen, rates, renewals))
        if each:
            _list(seen[-1], rates)


def _list(phase: Phase, rates: Rates) -> None:
    """Every transaction of one phase that an idle desk does not make."""
    for signature, count in phase.seen.items():
        if signature not in rates:
            print(f"\n{count} x {signature.origin or '?'} ({signature.pings} pings)")
            for statement in signature.statements:
                print("    " + " ".join(statement.split())[:230])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--renewals", type=int, default=3, help="how many are counted, after one that is not")
    parser.add_argument("--idle", type=float, default=10.0, help="seconds over which the idle rate is taken")
    parser.add_argument("--method", type=Method, default=Method.ALIPAY, help="how the person pays")
    parser.add_argument("--wait", type=float, default=1.0, help="seconds until the person has paid the code")
    parser.add_argument("--each", action="store_true", help="list every transaction of the last renewal too")
    options = parser.parse_args()
    with TemporaryDirectory() as folder, postgres(options=OPTIONS) as database, Environment(Path(folder)) as sandbox:
        config = _configured(sandbox, database)
        migrate(config)
        settings = load(config)
        engine = open_database(f"{database}&application_name={BENCH}", settings.data_key)
        create_account(engine, ACCOUNT, PASSWORD)
        with _serving(config) as url:
            asyncio.run(_renewals(sandbox, url, engine, options))
        engine.dispose()
        server = Path(str(make_url(database).query["host"]))
        _report(server / "data/log", options.renewals, each=options.each)


if __name__ == "__main__":
    main()
