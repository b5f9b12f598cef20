"""Drivers' processes that branch off one process of the tests: 10 ms of processor time each instead of 150."""

import os
from types import TracebackType
from typing import IO, Self

from tests.rig.stem import Branched, Stem

_MODULES = (
    *(f"tui.token.host.{name}" for name in ("main", "serving", "orders", "listing", "unloadable")),
    "cryptography.hazmat.backends.openssl.backend",
)
"""Whatever one of them imports, first or in the middle of an order."""


class Launched:
    """`launch.Process`."""

    def __init__(self, branched: Branched, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self._branched, self.pid = branched, branched.pid
        self.stdin, self.stdout = stdin, stdout

    @property
    def returncode(self) -> int | None:
        """As `Popen.returncode`."""
        return self._branched.returncode

    def wait(self) -> int:
        """As `Popen.wait`."""
        return self._branched.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stdout.close()
        self.stdin.close()
        self.wait()


class Launcher:
    """Launches as `tui.token.launch.launch`; its stem is started by the first one."""

    def __init__(self) -> None:
        self._stem: Stem | None = None

    def __call__(self) -> Launched:
        """A driver's process."""
        if self._stem is None:
            self._stem = Stem(*_MODULES)
        (ordered, order), (told, tell) = os.pipe(), os.pipe()
        with open(ordered, "rb") as theirs, open(tell, "wb") as there, open(os.devnull, "wb") as nowhere:
            branched = self._stem.branch("tui.token.host.main:main", (theirs, there, nowhere))
        return Launched(branched, open(order, "wb", buffering=0), open(told, "rb", buffering=0))

    def close(self) -> None:
        """End the stem; what it launched ends with its own stdin."""
        if self._stem is not None:
            self._stem.close()
