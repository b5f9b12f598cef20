"""A process that has imported a program, for processes of that program to branch off: each begins in milliseconds.

What branches off is the program in all but its interpreter's start and its imports: a process in a session of its own,
with the streams, words and environment it is given and no descriptor beside.
"""

import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final

_ENTRY: Final = """\
import sys
sys.path.insert(0, sys.argv[1])
from tests.rig.stem import grow
grow(int(sys.argv[2]), sys.argv[3:])()"""
_ROOT: Final = str(Path(__file__).parents[2])
_ROOM: Final = 1 << 17
"""More bytes than words and environment have."""
_PATIENCE: Final = 60.0
"""Seconds that a program may run."""


class Stem:
    """This side of the process; it ends with this side."""

    def __init__(self, *modules: str) -> None:
        """Start it; it imports these while the caller goes on."""
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                (sys.executable, "-I", "-X", "utf8", "-c", _ENTRY, _ROOT, str(theirs.fileno()), *modules),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )

    def branch(
        self,
        function: str,
        streams: Iterable[int | IO[Any]],
        words: Iterable[str] = (),
        environment: Mapping[str, str] = os.environ,
    ) -> "Branched":
        """A process that calls `module:function`, with these words and three streams."""
        ended, end = os.pipe()
        said = json.dumps((function, tuple(words), dict(environment))).encode()
        with open(end, "wb"):
            handed = (end, *(stream if isinstance(stream, int) else stream.fileno() for stream in streams))
            socket.send_fds(self._channel, [said], handed)
        return Branched(ended)

    def run(self, function: str, words: Iterable[str]) -> tuple[int, str, str]:
        """Exit code and what it wrote, of a process without input.

        :raises TimeoutError: it does not end.
        """
        with open(os.devnull) as nothing, TemporaryFile() as out, TemporaryFile() as err:
            code = self.branch(function, (nothing, out, err), words).wait(_PATIENCE)
            for file in (out, err):
                file.seek(0)
            return code, out.read().decode(errors="surrogateescape"), err.read().decode(errors="surrogateescape")

    def close(self) -> None:
        """End it; what branched off is left alone."""
        self._channel.close()
        self._process.wait()


class Branched:
    """A process that branched off; the stem tells its end."""

    def __init__(self, ended: int) -> None:
        """Wait until it leads a session: from then on its group can be killed."""
        self._ended = open(ended, "rb", buffering=0)  # noqa: SIM115 - until its end is told
        self.returncode: int | None = None
        """Exit code, or minus the signal's number; None until `wait` was told."""
        self.pid = self._number()

    def wait(self, seconds: float | None = None) -> int:
        """Its exit code, once it ends.

        :raises TimeoutError: it did not within this time, and is killed.
        """
        if self.returncode is None:
            if not select.select([self._ended], [], [], seconds)[0]:
                with suppress(ProcessLookupError):
                    os.killpg(self.pid, signal.SIGKILL)
                raise TimeoutError
            with self._ended:
                self.returncode = os.waitstatus_to_exitcode(self._number())
        return self.returncode

    def _number(self) -> int:
        told = self._ended.read(4)
        assert len(told) == 4, "the stem has ended; why stands on standard error"
        return int.from_bytes(told)


def grow(descriptor: int, modules: Iterable[str]) -> Callable[[], object]:
    """In the process itself: import, then branch off at every message; returns in a branch, what it is to call."""
    for module in modules:
        import_module(module)
    gc.freeze()  # what all have in common is neither searched nor, by that, copied
    channel, poll = socket.socket(fileno=descriptor), select.poll()
    poll.register(channel, select.POLLIN)
    running: dict[int, tuple[int, int]] = {}
    while True:
        for ready, _ in poll.poll():
            if ready != descriptor:
                poll.unregister(ready)
                _tell_end(ready, *running.pop(ready))
                continue
            said, (*received,), _, _ = socket.recv_fds(channel, _ROOM, 4)
            if not said:
                return channel.close
            end, *streams = received
            if not (pid := os.fork()):
                channel.detach()
                return _branch(end, streams, *json.loads(said))
            for stream in streams:
                os.close(stream)
            watched = os.pidfd_open(pid)
            running[watched] = pid, end
            poll.register(watched, select.POLLIN)


def _tell_end(watched: int, pid: int, end: int) -> None:
    _, status = os.waitpid(pid, 0)
    with suppress(BrokenPipeError):  # nobody asks any more
        os.write(end, status.to_bytes(4))
    os.close(end)
    os.close(watched)


def _branch(
    end: int, streams: Iterable[int], function: str, words: Iterable[str], environment: Mapping[str, str]
) -> Callable[[], object]:
    os.setsid()
    os.write(end, os.getpid().to_bytes(4))
    for standard, stream in enumerate(streams):
        os.dup2(stream, standard)
    os.closerange(3, max(map(int, os.listdir("/proc/self/fd"))) + 1)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = words
    module, _, name = function.partition(":")
    return lambda: _end_of(getattr(import_module(module), name))


def _end_of(program: Callable[[], object]) -> None:
    """Run it; of Python's end, that takes all modules apart, there is what is seen from outside."""
    try:
        program()
    except SystemExit as ended:
        if not isinstance(ended.code, int):
            raise
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(ended.code)
