"""The kiosk without adapters in a pty."""

import os
import pty
import select
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).parents[3]
PATIENCE = 30.0


class Program:
    """The kiosk in a pty."""

    def __init__(
        self,
        idle: int = 120,
        size: tuple[int, int] = (80, 24),
        environment: Mapping[str, str] = {},
        words: Sequence[str] = (),
        patience: int | None = None,
    ) -> None:
        """`words` are given to Python in the place of the kiosk without adapters, whose watchdog has `patience`."""
        self.master, self.slave = pty.openpty()
        termios.tcsetwinsize(self.slave, size[::-1])
        self.found = termios.tcgetattr(self.slave)
        self.output = b""
        kiosk = ("-m", "tests.harness.kiosk.terminal_program", str(idle), str(patience or idle))
        self.process = subprocess.Popen(
            [sys.executable, "-X", "utf8", *(words or kiosk)],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            cwd=ROOT,
            env={
                "TERM": "xterm-256color",
                "PATH": os.environ["PATH"],
                "HOME": os.environ.get("HOME", "/"),
                **environment,
            },
            start_new_session=True,
        )

    def read_until(self, text: str) -> None:
        """Read until `text` has been written since the last call."""
        self.output = b""
        until = monotonic() + PATIENCE
        while text.encode() not in self.output:
            assert monotonic() < until, self.output[-2000:]
            self.read(0.2)

    def send(self, data: bytes) -> None:
        """Type."""
        os.write(self.master, data)

    def stop_reading(self) -> None:
        """From now on nothing more fits into the terminal, also once the kernel has passed on what it had taken."""
        full = os.open(os.ttyname(self.slave), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
        while select.select([], [full], [], 0.2)[1]:
            with suppress(BlockingIOError):
                os.write(full, b" " * 4096)
        os.close(full)

    def end(self) -> int:
        """The exit code, once everything written has been read."""
        until = monotonic() + PATIENCE
        while self.process.poll() is None:
            assert monotonic() < until
            self.read(0.05)
        self.read(0.05)
        return self.process.returncode

    def close(self) -> None:
        """Leave nothing behind."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for fd in (self.master, self.slave):
            with suppress(OSError):
                os.close(fd)

    def read(self, seconds: float) -> None:
        """Read what is there, or comes within `seconds`."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if ready:
            with suppress(OSError):
                self.output += os.read(self.master, 65536)
