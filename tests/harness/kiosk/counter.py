"""A kiosk in counter mode without a desk, in a pty; what its terminal shows, and what lies below it."""

import os
import pty
import select
import signal
import subprocess
import sys
import termios
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Self

from tests.harness.kiosk.emulator import Emulator

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0
F1, F10, ESCAPE = b"\x1bOP", b"\x1b[21~", b"\x1b[27u"
_CLIPBOARD = b"\x1b]52;"
NO_DESK = 'url = "https://127.0.0.1:9"'


class CounterKiosk:
    """80 columns, 24 rows."""

    def __init__(self, folder: Path, settings: str = "", *, desk: str = NO_DESK, **environment: str) -> None:
        config = folder / "kiosk.toml"
        config.write_text(f'[desk]\n{desk}\n[kiosk]\nmode = "counter"\nlog = ""\n{settings}')
        self.master, self.terminal = pty.openpty()
        self.resize(80, 24)
        self.screen = Emulator()
        self.copied = False
        """Something was put into the terminal's clipboard."""
        self.supervisor = subprocess.Popen(
            ["setsid", "--ctty", sys.executable, "-m", "tui", "--config", str(config)],
            stdin=self.terminal,
            stdout=self.terminal,
            stderr=self.terminal,
            cwd=ROOT,
            env={"TERM": "xterm-256color", "COLORTERM": "truecolor", "PATH": os.environ["PATH"], "HOME": str(folder)}
            | environment,
        )

    def __enter__(self) -> Self:
        self.until("开始办理")
        return self

    def __exit__(self, *_: object) -> None:
        self.supervisor.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.supervisor.wait(10)
        self.supervisor.kill()
        self.supervisor.wait()
        for fd in (self.master, self.terminal):
            os.close(fd)

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size."""
        with suppress(termios.error):
            termios.tcsetwinsize(self.terminal, (rows, columns))

    def type(self, data: bytes) -> None:
        """Hand over as much of it as the program takes, reading what it paints meanwhile."""
        end = monotonic() + PATIENCE
        while data and monotonic() < end:
            _, writable, _ = select.select([], [self.master], [], 0.05)
            if writable:
                data = data[os.write(self.master, data[:1024]) :]
            self.read(0)

    def until(self, *words: str) -> None:
        """Read until all of these stand on the screen."""
        end = monotonic() + PATIENCE
        while not all(word in self.screen.text for word in words):
            assert monotonic() < end, f"no {words} in\n{self.screen.text}"
            self.read(0.1)

    def until_another(self, program: int) -> None:
        """Read until another program has taken this one's place."""
        end = monotonic() + PATIENCE
        while Path(f"/proc/{program}").exists():
            assert monotonic() < end, f"no other program: {self.screen.text}"
            self.read(0.1)

    def until_painted(self, patience: float = 5.0) -> None:
        """Read until anything comes: who goes on before a key is seen is one key ahead of the page."""
        end = monotonic() + patience
        while not self.read(0.1) and monotonic() < end:
            pass

    def settle(self, quiet: float = 0.25) -> None:
        """Read until nothing comes any more."""
        while self.read(quiet):
            pass

    def read(self, seconds: float) -> bool:
        """Whether something was painted."""
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        with suppress(OSError):
            written = os.read(self.master, 65536)
            self.copied = self.copied or _CLIPBOARD in written
            self.screen.read(written)
        return True

    @property
    def program(self) -> int:
        """The process that strangers see; the newest one."""
        children = Path(f"/proc/{self.supervisor.pid}/task/{self.supervisor.pid}/children")
        end = monotonic() + PATIENCE
        while not (found := children.read_text().split()) and monotonic() < end:
            self.read(0.05)
        return int(found[-1])
