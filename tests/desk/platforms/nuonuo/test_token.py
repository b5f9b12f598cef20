"""The access token: one file for all desks, and never more fetches than the platform gives."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from tests.harness.desk.doubles import Clock
from tui.desk.invoices.tax_platform import TaxPlatformDown
from tui.desk.platforms.nuonuo.token import Granted, TokenKeeper
from tui.process.clock import utc_now


class Counter:
    """Fetches T1, T2, … that live for a day."""

    def __init__(self, expires_in: int = 86400) -> None:
        self.fetched, self.expires_in = 0, expires_in

    def __call__(self) -> Granted:
        """One more."""
        self.fetched += 1
        return Granted(f"T{self.fetched}", self.expires_in)


def keeper(folder: Path, fetch: Counter, clock: Clock) -> TokenKeeper:
    return TokenKeeper(folder / "token.json", fetch, clock)


def test_a_token_is_used_until_its_day_is_over(tmp_path: Path) -> None:
    clock, fetch = Clock(), Counter(expires_in=10 * 86400)
    tokens = keeper(tmp_path, fetch, clock)
    assert {tokens.token(), keeper(tmp_path, fetch, clock).token()} == {"T1"}
    clock.now += timedelta(hours=23, minutes=58)
    assert tokens.token() == "T1"
    clock.now += timedelta(minutes=2)
    assert tokens.token() == "T2"


def test_desks_that_begin_at_once_fetch_one(tmp_path: Path) -> None:
    clock, fetch, gate = Clock(), Counter(), threading.Barrier(4)

    def ask() -> str:
        gate.wait()
        return keeper(tmp_path, fetch, clock).token()

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(ask) for _ in range(4)]
        assert {future.result() for future in asked} == {"T1"}


OTHER_DESK = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from tui.desk.platforms.nuonuo.token import Granted, TokenKeeper
print("ready", flush=True)
print(TokenKeeper(Path(sys.argv[1]), lambda: Granted("OTHER", 1), lambda: datetime.now(UTC)).token(), flush=True)
"""


def test_another_process_waits_for_the_fetch(tmp_path: Path) -> None:
    fetching, go = threading.Event(), threading.Event()

    def slow() -> Granted:
        fetching.set()
        assert go.wait(20)
        return Granted("SLOW", 86400)

    path = tmp_path / "token.json"
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(TokenKeeper(path, slow, utc_now).token)
        assert fetching.wait(20)
        other = subprocess.Popen([sys.executable, "-c", OTHER_DESK, str(path)], stdout=subprocess.PIPE, text=True)
        with other:
            assert other.stdout is not None
            assert other.stdout.readline() == "ready\n"
            go.set()
            assert (first.result(), other.stdout.read()) == ("SLOW", "SLOW\n")


def test_refusals_do_not_use_up_the_fetches(tmp_path: Path) -> None:
    clock, fetch = Clock(), Counter()
    tokens = keeper(tmp_path, fetch, clock)
    first = tokens.token()
    with pytest.raises(TaxPlatformDown, match="new token is refused"):
        tokens.token(refused=first)
    clock.now += timedelta(minutes=11)
    assert tokens.token(refused=first) == "T2"
    assert tokens.token(refused=first) == "T2"  # somebody else has replaced it


def test_a_month_of_refusals_costs_less_than_the_platform_gives(tmp_path: Path) -> None:
    clock, fetch = Clock(), Counter()
    tokens, token = keeper(tmp_path, fetch, clock), ""
    for _ in range(30 * 24):
        clock.now += timedelta(hours=1)
        try:
            token = tokens.token(refused=token)
        except TaxPlatformDown:
            continue
    assert 40 < fetch.fetched <= 50


def test_a_fetch_that_leaves_no_trace_is_not_made(tmp_path: Path) -> None:
    fetch = Counter()
    with pytest.raises(TaxPlatformDown, match="the token's file"):
        TokenKeeper(tmp_path / "gone" / "token.json", fetch, Clock()).token()
    assert fetch.fetched == 0


def test_a_fetch_that_fails_counts(tmp_path: Path) -> None:
    clock, fetched = Clock(), []

    def down() -> Granted:
        fetched.append(clock.now)
        raise TaxPlatformDown("HTTP 500")

    tokens = TokenKeeper(tmp_path / "token.json", down, clock)
    for _ in range(9):
        with pytest.raises(TaxPlatformDown):
            tokens.token()
    assert len(fetched) == 5


def test_the_file_is_for_this_user_alone_and_tokens_are_not_shown(tmp_path: Path) -> None:
    keeper(tmp_path, Counter(), Clock()).token()
    assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}
    assert "T1" not in repr(Granted("T1", 1))
    (tmp_path / "token.json").write_bytes(b"broken")
    assert keeper(tmp_path, Counter(), Clock()).token() == "T1"
