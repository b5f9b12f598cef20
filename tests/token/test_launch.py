"""The drivers' processes that have a head start: taken over once, and never left behind."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.token.support import PATIENCE, until, watching
from tests.rig.processes import ended
from tests.rig.softhsm import SoftToken
from tui.token import launch
from tui.token.child import Child
from tui.token.launch import HeadStart, Module
from tui.token.tokens import Tokens

ROOT = Path(launch.__file__).parents[2]


@pytest.fixture(autouse=True)
def launching() -> None:
    """Every process starts as it does for the program."""


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Every process that is launched."""
    made: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def kept(*words: object, **named: object) -> "subprocess.Popen[bytes]":
        made.append(popen(*words, **named))  # type: ignore[call-overload]
        return made[-1]

    monkeypatch.setattr(subprocess, "Popen", kept)
    yield made
    assert all(process.returncode is not None for process in made)


async def test_the_runtime_takes_over_what_has_looked_already(
    soft: SoftToken, launched: list["subprocess.Popen[bytes]"]
) -> None:
    module = Module(soft.module, soft.environment)
    started = HeadStart((module,))
    tokens = Tokens((module,), head_start=started)
    try:
        async with watching(tokens) as snapshots:
            await until(snapshots, lambda snapshot: bool(snapshot.tokens))
        assert [driver.pid for driver in tokens.drivers] == [process.pid for process in launched]
        started.close()  # kills nobody that was taken over
        assert launched[0].poll() is None
    finally:
        await tokens.close()


def test_what_nobody_took_over_is_killed(soft: SoftToken, launched: list["subprocess.Popen[bytes]"]) -> None:
    module = Module(soft.module, soft.environment)
    started = HeadStart((module, module))
    assert len(launched) == 1
    started.close()
    started.close()
    assert launched[0].returncode is not None
    assert started.take(module) is None


def test_its_modules_lie_where_those_of_the_program_do() -> None:
    """Also in a checkout that Python found as the current directory, which is not the process's to look at."""
    program = (
        "import sys; from tui.token.launch import _COMMAND, _ENTRY; print(*_COMMAND[_COMMAND.index(_ENTRY) + 1 :])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    folders = done.stdout.split()
    assert str(ROOT) in folders
    assert all(folder.startswith("/") for folder in folders)


async def test_one_that_died_meanwhile_is_started_again(
    soft: SoftToken, launched: list["subprocess.Popen[bytes]"]
) -> None:
    module = Module(soft.module, soft.environment)
    started = HeadStart((module,))
    launched[0].kill()
    launched[0].wait()
    tokens = Tokens((module,), head_start=started)
    try:
        async with watching(tokens) as snapshots:
            assert (await until(snapshots, lambda snapshot: bool(snapshot.tokens))).faults == ()
    finally:
        await tokens.close()


def test_no_process_to_be_had_is_no_failure_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*words: object, **named: object) -> None:
        raise BlockingIOError

    monkeypatch.setattr(subprocess, "Popen", refused)
    module = Module(Path("/nowhere.so"))
    assert HeadStart((module,)).take(module) is None


def test_it_ends_with_a_program_that_is_killed() -> None:
    program = """
import os
from pathlib import Path
from tui.token import launch
from tui.token.child import Child
started = launch.HeadStart((launch.Module(Path("/nowhere.so")),))
(process,) = started._waiting.values()
os.write(1, b"%d" % process.pid)
os.kill(os.getpid(), 9)"""
    told = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=False, timeout=60)
    assert ended(int(told.stdout), PATIENCE)


async def test_a_start_that_is_broken_off_leaves_no_pipe_open(monkeypatch: pytest.MonkeyPatch) -> None:
    async def cancelled(*_: object) -> None:
        raise asyncio.CancelledError

    process = launch.launch()
    monkeypatch.setattr(asyncio.get_running_loop(), "connect_read_pipe", cancelled)
    with pytest.raises(asyncio.CancelledError):
        await Child.adopt(process)
    await asyncio.sleep(0)  # a transport closes its pipe in the loop's next turn
    assert process.stdin is not None
    assert process.stdout is not None
    assert (process.stdin.closed, process.stdout.closed) == (True, True)
