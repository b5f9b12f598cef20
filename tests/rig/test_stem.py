"""What branches off is a process of its own."""

import os
import signal
import sys
from collections.abc import Iterator

import pytest

from tests.rig.stem import Stem

HERE = "tests.rig.test_stem"
NOTHING = (0, 1, 2)


@pytest.fixture(scope="module")
def stem() -> Iterator[Stem]:
    """Without imports."""
    made = Stem()
    yield made
    made.close()


def tells() -> None:
    print(*sys.argv[1:], os.environ["SAID"], len(os.environ))
    print(os.getsid(0) == os.getpid(), *os.listdir("/proc/self/fd"), file=sys.stderr)
    raise SystemExit(7)


def dies() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hangs() -> None:
    signal.pause()


def fails() -> None:
    raise KeyError


def test_it_has_its_words_environment_streams_and_end(stem: Stem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAID", "环境 \udcff")
    code, out, err = stem.run(f"{HERE}:tells", ["一", "--two"])
    assert (code, out) == (7, f"一 --two 环境 \udcff {len(os.environ)}\n")
    assert err == "True 0 1 2 3\n"  # the last is that of the listing


def test_an_exception_is_told_as_python_tells_it(stem: Stem) -> None:
    code, _, err = stem.run(f"{HERE}:fails", [])
    assert (code, err.splitlines()[-1]) == (1, "KeyError")


def test_a_death_is_told_with_its_signal(stem: Stem) -> None:
    assert stem.branch(f"{HERE}:dies", NOTHING).wait() == -signal.SIGKILL


def test_what_does_not_end_is_killed(stem: Stem) -> None:
    hanging = stem.branch(f"{HERE}:hangs", NOTHING)
    with pytest.raises(TimeoutError):
        hanging.wait(0)
    assert hanging.wait() == -signal.SIGKILL
