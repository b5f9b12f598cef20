"""What a desk costs that has nothing to do: `python -m tests.bench.idle [--desks N] [--seconds S]`.

Desks on a PostgreSQL of their own, settled; then the statements that the server logs (BEGIN, COMMIT and ROLLBACK are
none, a transaction counts once) and the processor time of each desk's process.
"""

import argparse
import os
import re
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, make_url, text

from tests.harness.desk.desks import configured, serving
from tests.rig.postgres import postgres
from tui.desk.commands import migrate
from tui.sandbox.environment import Environment

_SETTLING = 15.0
_LOGGED = re.compile(rb"LOG:  (?:statement|execute [^:]*): (\w+)")
_FRAME = {b"BEGIN", b"COMMIT", b"ROLLBACK"}


def _statements(log: Path) -> tuple[int, int]:
    """Statements and transactions so far."""
    words = _LOGGED.findall(log.read_bytes())
    return sum(word not in _FRAME for word in words), words.count(b"COMMIT") + words.count(b"ROLLBACK")


def _processor(pid: int) -> float:
    """Seconds of user and system time so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--desks", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=120.0)
    options = parser.parse_args()
    with (
        TemporaryDirectory() as folder,
        postgres() as database,
        Environment(Path(folder)) as town,
        ExitStack() as ending,
    ):
        configs = [configured(town, database, f"desk{number}") for number in range(options.desks)]
        migrate(configs[0])
        engine = create_engine(database)
        with engine.begin() as connection:
            connection.execute(text("ALTER DATABASE desk SET log_statement = 'all'"))
        engine.dispose()
        served = [ending.enter_context(serving(config)) for config in configs]
        time.sleep(_SETTLING)
        log = Path(str(make_url(database).query["host"])) / "log"
        before, processor = _statements(log), [_processor(desk.process.pid) for desk in served]
        begun = time.monotonic()
        time.sleep(options.seconds)
        seconds = time.monotonic() - begun
        statements, transactions = (now - then for now, then in zip(_statements(log), before, strict=True))
        used = [_processor(desk.process.pid) - then for desk, then in zip(served, processor, strict=True)]
    print("| desks | seconds | statements/s a desk | transactions/s a desk | processor, % of a core |")
    print("|---:|---:|---:|---:|---:|")
    each = seconds * options.desks
    print(
        f"| {options.desks} | {seconds:.0f} | {statements / each:.2f} | {transactions / each:.2f} "
        f"| {', '.join(f'{100 * one / seconds:.2f}' for one in used)} |"
    )


if __name__ == "__main__":
    main()
