"""What drivers see first, heard without an event loop; everything but a plain answer is left to `Tokens`."""

import os
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.rig.softhsm import SoftToken, make_token
from tui.token import launch
from tui.token.glance import glance
from tui.token.launch import HeadStart, Module
from tui.token.tokens import Tokens

PROGRAM = """
import sys
from tui.token.glance import glance
glance.__defaults__ = (60.0,)  # a laden machine starts no driver in one second
from tui.cli.main import main
try: main(["certs", "--json", "--module", sys.argv[1]])
finally: print(*sys.modules, file=sys.stderr)
"""


FORBIDDEN = {
    *("argparse", "asyncio", "logging", "ssl", "subprocess", "tomllib"),
    *("tui.cli.parser", "tui.cli.table", "tui.journey.state", "tui.core.order", "cryptography", "PyKCS11"),
}
"""Each takes milliseconds that a look at the tokens has no use for."""

PATIENCE = 60.0
"""Seconds: a laden machine starts no driver in one."""


def module(soft: SoftToken) -> Module:
    return Module(soft.module, tuple(soft.environment))


def ended(pid: int) -> bool:
    """It was waited for."""
    with pytest.raises(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    return True


async def test_the_same_as_with_an_event_loop(soft: SoftToken, tokens: Tokens, tmp_path: Path) -> None:
    modules = module(soft), module(make_token(tmp_path / "other"))
    started = HeadStart(modules)
    pids = [process.pid for process in started._waiting.values()]
    seen = glance(modules, started, PATIENCE)
    assert seen is not None
    assert len(seen.tokens) == 2
    (known,) = (await tokens.take_snapshot()).tokens
    assert replace(known, slot=0) in [replace(token, slot=0) for token in seen.tokens]
    assert all(map(ended, pids))


def test_a_fault_is_left_to_others(soft: SoftToken) -> None:
    modules = module(soft), Module(Path("/nowhere.so"))
    with closing(HeadStart(modules)) as started:
        assert glance(modules, started, PATIENCE) is None


def test_so_is_a_process_that_could_not_be_had(soft: SoftToken) -> None:
    assert glance((module(soft),), HeadStart()) is None


def test_so_is_one_that_is_slow_and_it_stays(soft: SoftToken, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "_COMMAND", ("sleep", "600"))
    with closing(HeadStart((module(soft),))) as started:
        assert glance((module(soft),), started, seconds=0.0) is None
        process = started.peek(module(soft))
        assert process is not None
        assert isinstance(process, subprocess.Popen)
        assert process.poll() is None


def test_the_command_imports_no_event_loop(soft: SoftToken) -> None:
    words = [sys.executable, "-c", PROGRAM, str(soft.module)]
    done = subprocess.run(
        words, env={**os.environ, **dict(soft.environment)}, capture_output=True, text=True, check=True
    )
    assert soft.label in done.stdout
    assert not set(done.stderr.split()) & FORBIDDEN
