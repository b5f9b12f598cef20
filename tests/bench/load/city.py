"""What is measured and what it needs, each in its process: PostgreSQL, a desk of any checkout, platforms, kiosks."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from sqlalchemy import Engine, create_engine, make_url, text

from tests.bench.load.counters import Plan, Seen
from tests.bench.load.figures import Latency, Polls, Processor, Renewals, machine_load
from tests.bench.load.people import Person, invite, open_account
from tests.bench.load.processor import seconds
from tests.rig.postgres import postgres
from tui.sandbox.files import Addresses, read_addresses

THIS = Path(sys.executable).with_name("ca-kiosk")
"""The desk of this checkout."""
OPTIONS = "-c shared_buffers=256MB -c max_connections=200"
"""Of PostgreSQL; `fsync` is off in tests.rig.postgres, so that no disk is measured."""
_PATIENCE = 180.0
_OWED = (
    "SELECT (SELECT count(*) FROM messages WHERE next_try_at IS NOT NULL) "
    "+ (SELECT count(*) FROM invoices WHERE next_query_at IS NOT NULL) "
    "+ (SELECT count(*) FROM invoice_files WHERE next_try_at IS NOT NULL)"
)


@dataclass(slots=True)
class City:
    """All of it, up and running."""

    product: Path
    folder: Path
    addresses: Addresses
    url: str
    database: Engine
    desk: int
    """Process id, as the next two."""
    server: int
    gateways: int
    came: int = 0
    """People so far."""

    def renew(self, count: int, kiosks: int, **plan: Any) -> Renewals:
        """So many renewals at so many kiosks."""
        finished = self._count("SELECT count(*) FROM applications WHERE status = 'installed'")
        seen, processor, settled = self._play(self._plan(self._invite(count), kiosks, **plan))
        return Renewals(
            product=_name(self.product),
            finished=finished,
            kiosks=kiosks,
            renewals=seen.renewed,
            failed=seen.failed,
            seconds=seen.seconds,
            settled=settled,
            processor=processor,
            calls={name: Latency.of(took) for name, took in seen.calls.items()},
            failures=seen.failures,
            load=machine_load(),
        )

    def poll(self, kiosks: int, duration: float, *, applications: int, renewing: int, **plan: Any) -> Polls:
        """So many kiosks that look at so many applications, beside some that renew."""
        people = self._invite(applications + (int(duration) + 1) * renewing)
        plan |= {"waiting": kiosks, "applications": applications, "seconds": duration}
        seen, processor, _ = self._play(self._plan(people, renewing, **plan), settle=False)
        calls = {name: took for name, took in seen.calls.items() if not name.startswith("(")}
        return Polls(
            product=_name(self.product),
            kiosks=kiosks,
            seconds=seen.seconds,
            held=bool(plan.get("wait")),
            processor=processor,
            calls={name: Latency.of(took) for name, took in seen.calls.items()},
            every=Latency.of([one for took in calls.values() for one in took]),
            failures=seen.failures,
            load=machine_load(),
        )

    def _plan(self, people: list[Person], kiosks: int, **more: Any) -> Plan:
        wallet = getattr(self.addresses, more.get("method", "alipay"))
        return Plan(self.url, wallet, self.addresses.ca_file, people, kiosks, **more)

    def _invite(self, count: int) -> list[Person]:
        people = invite(self.database, self.folder, self.came, count)
        self.came += count
        return people

    def _play(self, plan: Plan, *, settle: bool = True) -> tuple[Seen, Processor, float]:
        path = self.folder / "plan.json"
        path.write_bytes(msgspec.json.encode(plan))
        command = (sys.executable, "-m", "tests.bench.load.counters", str(path))
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as kiosks:
            assert kiosks.stdin is not None
            assert kiosks.stdout is not None
            kiosks.stdout.readline()
            before, begun = self._processor(kiosks.pid), time.monotonic()
            kiosks.stdin.write("\n")
            kiosks.stdin.flush()
            told = kiosks.stdout.readline()
            if not told:
                raise RuntimeError("the simulated kiosks have ended")
            seen = msgspec.json.decode(told, type=Seen)
            if settle:
                self._settle()
            used, settled = self._processor(kiosks.pid).since(before), time.monotonic() - begun
        return seen, used, settled

    def _processor(self, kiosks: int) -> Processor:
        return Processor(*(seconds(one) for one in (self.desk, self.server, kiosks, self.gateways)))

    def _settle(self) -> None:
        """Let the desk deliver everything."""
        end = time.monotonic() + _PATIENCE
        while self._count(_OWED):
            if time.monotonic() > end:
                raise TimeoutError("the desk does not come to rest")
            time.sleep(0.5)

    def _count(self, query: str) -> int:
        with self.database.connect() as connection:
            return int(connection.scalar(text(query)) or 0)


@contextmanager
def city(product: Path = THIS, settings: Sequence[str] = ()) -> Iterator[City]:
    """A city whose desk is this `ca-kiosk`, with more lines for [desk]."""
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory()))
        database = ending.enter_context(postgres(options=OPTIONS))
        gateways = ending.enter_context(_until_end((sys.executable, "-m", "tests.bench.load.gateways", str(folder))))
        config = _configured(folder, database, settings)
        _migrated(product, config)
        open_account(product, config)
        desk, url = ending.enter_context(_serving(product, config))
        engine = create_engine(database)
        ending.callback(engine.dispose)
        data = Path(str(make_url(database).query["host"])) / "data/postmaster.pid"
        server = int(data.read_text().splitlines()[0])
        yield City(product, folder, read_addresses(folder), url, engine, desk, server, gateways)


def _name(product: Path) -> str:
    """The checkout's folder."""
    return product.absolute().parents[2].name


def _configured(folder: Path, database: str, settings: Sequence[str]) -> Path:
    lines = "\n".join((f'database = "{database}"', "connections_per_address = 1000", *settings))
    told = (folder / "desk.toml").read_text()
    told = re.sub(r"^database = .*$", lambda _: lines, told, flags=re.MULTILINE)
    told = re.sub(r"^port = \d+$", "port = 0", told, count=1, flags=re.MULTILINE)
    told = re.sub(r"^public_url = .*\n", "", told, flags=re.MULTILINE)
    config = folder / "measured.toml"
    config.write_text(told)
    config.chmod(0o600)
    return config


def _migrated(product: Path, config: Path) -> None:
    """Bring the database up to date; an earlier desk is spared the tables of settings that it says it does not know.

    :raises subprocess.CalledProcessError: it cannot.
    """
    while True:
        command = (product, "desk", "migrate", "--config", config)
        done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        before = config.read_text()
        if unknown := re.search(r"(\w+) is not known", done.stderr):
            config.write_text(re.sub(rf"^\[\[?{unknown[1]}\]\]?\n(?:[^\[\n].*\n|\n)*", "", before, flags=re.MULTILINE))
        if config.read_text() == before:
            return done.check_returncode()


@contextmanager
def _until_end(command: Sequence[str]) -> Iterator[int]:
    """A process that says a line when it is up, and ends with its standard input."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid


@contextmanager
def _serving(product: Path, config: Path) -> Iterator[tuple[int, str]]:
    """`desk serve`; its process and its address."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = (product, "desk", "serve", "--config", config)
    log = (config.parent / "desk.log").open("w")
    with log, subprocess.Popen(command, stderr=subprocess.PIPE, stdout=log, text=True, env=environment) as process:
        assert process.stderr is not None
        url = process.stderr.readline().strip()
        if not url.startswith("https:"):
            raise RuntimeError(f"the desk does not serve: {url} {process.communicate()[1]}")
        drain = threading.Thread(target=_drain, args=(process.stderr, log), daemon=True)
        drain.start()
        try:
            yield process.pid, url
        finally:
            process.terminate()
            process.wait(_PATIENCE)
            drain.join()


def _drain(stderr: Any, log: Any) -> None:
    for line in stderr:
        log.write(line)
