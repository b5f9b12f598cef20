"""Ctrl-C ends an operator's command within a statement too."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import sqlalchemy as sa

from tests.harness.desk.desk_file import write_desk_file
from tests.rig.postgres import database
from tui.desk.storage.schema import _MIGRATION_LOCK

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'"


def until(there: Callable[[], bool]) -> None:
    """What another process brings about."""
    end = monotonic() + 60
    while not there():
        assert monotonic() < end
        sleep(0.02)


def test_a_command_that_waits_for_another_ones_lock_is_ended_and_withdraws_its_statement(
    cluster: str, tmp_path: Path
) -> None:
    file = write_desk_file(tmp_path)
    with database(cluster) as url:
        file.write_text(file.read_text().replace("[desk]", f'[desk]\ndatabase = "{url}"', 1))
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as other:
            other.execute(sa.text("SELECT pg_advisory_lock(:number)"), {"number": _MIGRATION_LOCK})
            words = (sys.executable, "-m", "tui", "desk", "migrate", "--config", str(file))
            with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as command:
                try:
                    until(lambda: other.scalar(sa.text(WAITING)) == 1)
                    command.send_signal(signal.SIGINT)
                    said = command.communicate(timeout=60)[1]
                finally:
                    command.kill()
            assert (command.returncode, said) == (128 + signal.SIGINT, "")
            assert other.scalar(sa.text(WAITING)) == 0
        engine.dispose()
