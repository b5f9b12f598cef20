"""A process that was forked ends with the one that forked it, however that went."""

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress

_PROGRAM = """
import os, signal
from tui.process.hardening import end_with_parent
parent = os.getpid()
if not os.fork():
    end_with_parent(parent)
    os.write(1, b"%d\\n" % os.getpid())
signal.pause()
"""
PATIENCE = 20


def test_a_parent_that_is_killed_takes_its_child_along() -> None:
    with subprocess.Popen([sys.executable, "-c", _PROGRAM], bufsize=0, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
        try:
            assert select.select([parent.stdout], [], [], PATIENCE)[0], "the child holds the pipe still"
            assert parent.stdout.read() == b""
        finally:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
