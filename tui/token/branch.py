"""Branch a driver's process off a command that has just begun: an interpreter of its own would take 60 ms to start.

What both sides need is imported before they part. A kiosk, which stays and has threads, launches its processes anew.
"""

import gc
import os
import signal
from types import TracebackType
from typing import NoReturn, Self

import tui.core.certificate
import tui.process.lean
import tui.token.load
import tui.token.protocol  # noqa: F401


class Branch:
    """A process like `subprocess.Popen`, as far as `launch.Process` goes."""

    def __init__(self, *, orders_come: bool = False) -> None:
        """Fork: before any thread runs, and before a secret is read.

        :raises OSError: no process or descriptor is to be had.
        """
        (ordered, order), (told, tell) = os.pipe(), os.pipe()
        self.returncode: int | None = None
        gc.freeze()  # what both have is neither searched nor, by that, copied
        try:
            self.pid = os.fork()
            if not self.pid:
                _become_host(ordered, tell, orders_come)
        except OSError:
            os.close(order)
            os.close(told)
            raise
        finally:
            os.close(ordered)
            os.close(tell)
        self.stdin = open(order, "wb", buffering=0)  # noqa: SIM115 - closed by `__exit__`, or with the command
        self.stdout = open(told, "rb", buffering=0)  # noqa: SIM115

    def wait(self) -> int:
        """Its exit code, or minus the signal's number; waits for it."""
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.returncode

    def __enter__(self) -> Self:
        """Close the pipes and wait for its end in the end."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stdout.close()
        self.stdin.close()
        self.wait()


def _become_host(ordered: int, tell: int, orders_come: bool) -> NoReturn:
    """Nothing of the program goes on here but its imports: no terminal, no handler, no descriptor."""
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.dup2(ordered, 0)
        os.dup2(tell, 1)
        os.dup2(os.open(os.devnull, os.O_RDWR), 2)
        highest = max(map(int, os.listdir("/proc/self/fd")))
        os.closerange(3, highest + 1)
        from tui.token.host.main import main

        main(hurried=True, orders_come=orders_come)
    finally:
        os._exit(1)
