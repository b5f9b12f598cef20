"""Drivers' processes that are branched off a command: theirs alone, and ended as those that are launched."""

import os
import select
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.harness.token.support import PATIENCE, requested
from tests.rig.softhsm import SoftToken
from tui.token.branch import Branch
from tui.token.glance import glance
from tui.token.launch import HeadStart, Module
from tui.token.tokens import Tokens

BRANCHED = """
import os, signal, sys
from tui.token.branch import Branch
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, lambda *_: None)
kept = int(sys.argv[1])
first, second = Branch(), Branch()
os.close(kept)
print(first.pid, second.pid, flush=True)
sys.stdin.read()
os.kill(os.getpid(), signal.SIGKILL)
"""
HANDLED = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


@pytest.mark.parametrize("orders_come", [False, True])
async def test_it_carries_orders_out(soft: SoftToken, orders_come: bool) -> None:
    module = Module(soft.module, soft.environment)
    with closing(HeadStart((module,), lambda: Branch(orders_come=orders_come))) as started:
        branched = started.peek(module)
        tokens = Tokens((module,), head_start=started)
        try:
            assert (await requested(tokens, soft)).csr
            assert branched is not None
            assert [driver.pid for driver in tokens.drivers] == [branched.pid]
        finally:
            await tokens.close()
    assert branched.returncode == 0


def test_it_has_looked_before_the_command_asks(soft: SoftToken) -> None:
    module = Module(soft.module, soft.environment)
    with closing(HeadStart((module,), Branch)) as started:
        seen = glance((module,), started)
    assert seen is not None
    assert [token.label for token in seen.tokens] == [soft.label]


def test_it_keeps_nothing_of_the_command_and_ends_with_it() -> None:
    end_of_all, kept = os.pipe()
    words = [sys.executable, "-c", BRANCHED, str(kept)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, pass_fds=[kept]) as program:
        os.close(kept)
        assert program.stdin is not None
        assert program.stdout is not None
        pids = [int(pid) for pid in program.stdout.readline().split()]
        ends = [os.pidfd_open(pid) for pid in pids]
        with open(end_of_all, "rb") as pipe:
            assert select.select([pipe], [], [], PATIENCE)[0], "a branch holds what the command had open"
            assert pipe.read() == b""
        for pid in pids:
            assert os.getsid(pid) == pid
            assert not _caught(pid) & HANDLED
        program.stdin.close()
        program.wait()
    for end in ends:  # the second holds no end of the first one's pipes, which would keep it
        select.select([end], [], [])
        os.close(end)


def _caught(pid: int) -> set[signal.Signals]:
    """The signals for which a process has a handler of its own (SigCgt of proc(5))."""
    (line,) = (line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigCgt"))
    mask = int(line.split()[1], 16)
    return {number for number in signal.valid_signals() if mask >> (number - 1) & 1 and number in HANDLED}
