"""Launch drivers' processes without an event loop, so that it may be the first thing that the program does."""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Final, Protocol

import tui
from tui.core.frozen import frozen

if TYPE_CHECKING:
    from subprocess import Popen

    from tui.token.load import Load

_ENTRY: Final = """\
import sys
sys.path[:] = sys.argv[1:]
from tui.token.host.main import main
main()"""
_PATH: Final = dict.fromkeys((*filter(None, sys.path), str(Path(tui.__file__).parent.parent)))
"""Where this process finds its modules, and a checkout that is the current directory."""
_COMMAND: Final = (sys.executable, "-I", "-S", "-X", "utf8", "-c", _ENTRY, *_PATH)
"""`site`, which finds the same once more, takes a third of Python's own start."""


@frozen
class Module:
    """One PKCS#11 driver to load."""

    path: Path
    environment: tuple[tuple[str, str], ...] = ()
    """Set in the driver's process only."""

    @property
    def load(self) -> "Load":
        """The order to load it."""
        from tui.token.load import Load

        return Load(str(self.path), self.environment)


class Process(Protocol):
    """A driver's process, in a session of its own; it ends with its stdin."""

    @property
    def pid(self) -> int: ...

    @property
    def stdin(self) -> IO[bytes] | None: ...

    @property
    def stdout(self) -> IO[bytes] | None: ...

    @property
    def returncode(self) -> int | None: ...

    def wait(self) -> int: ...

    def __enter__(self) -> object: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def launch() -> "Popen[bytes]":
    """A process in a session of its own, since Ctrl+C in the terminal is not the driver's; it ends with its stdin.

    :raises OSError: no process or descriptor is to be had.
    """
    from subprocess import DEVNULL, PIPE, Popen

    return Popen(_COMMAND, bufsize=0, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, start_new_session=True)


def kill(process: Process) -> None:
    """Kill the process and what its driver has started in its group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


class HeadStart:
    """Processes that load their drivers and look at the tokens while the program is still being imported.

    What nobody has taken over is killed by `close`, and ends by itself with the program.
    """

    def __init__(self, modules: Iterable[Module] = (), start: Callable[[], Process] = launch) -> None:
        """A process that cannot be had now is started again, and its failure told, by whoever needs it."""
        self._waiting: dict[Module, Process] = {}
        for module in dict.fromkeys(modules):
            with contextlib.suppress(OSError):
                self._waiting[module] = start()
        from tui.token.load import framed

        for module, process in self._waiting.items():
            assert process.stdin is not None  # noqa: S101 - a pipe was asked for
            with contextlib.suppress(OSError):
                process.stdin.write(framed(module.load.encoded()))

    def peek(self, module: Module) -> Process | None:
        """The module's process, which stays here."""
        return self._waiting.get(module)

    def take(self, module: Module) -> Process | None:
        """Hand the module's process over, once; its `Load` is sent."""
        return self._waiting.pop(module, None)

    def close(self) -> None:
        """Kill what nobody has taken; may be called again."""
        while self._waiting:
            _, process = self._waiting.popitem()
            kill(process)
            with process:  # waits for its end and closes the pipes
                pass
