"""Shows strangers one program after another, until an operator ends it.

A program is replaced whenever its first screen comes back, and after whatever else ends it. The next one has imported
everything before it is shown: the old one reads no keys from its first screen on, is told to write nothing more, and
ends when the new one has painted. What is typed between waits in the terminal for the new one.
"""

import os
import select
import signal
import sys
import time
from collections.abc import Sequence

from tui.kiosk.counter import wire
from tui.kiosk.counter.allowance import Allowance
from tui.kiosk.counter.day import Day, Tries
from tui.kiosk.counter.held_terminal import HeldTerminal
from tui.kiosk.counter.program import Program

TO_MUTE, TO_PAINT, TO_END = 1.0, 10.0, 8.0
"""Seconds a program may take for each."""
SOON = 10.0
"""Seconds after which a program that ends has not failed at once."""
QUICK_ENDS = 3
"""Ends at once in a row after which people are told to go elsewhere."""
LONGEST_PAUSE = 30.0
LAST = 3.0
"""Seconds for all to end."""
_HEEDED = (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP, signal.SIGWINCH)
_NOT_HEEDED = (
    *(signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGPIPE, signal.SIGUSR1),
    *(signal.SIGUSR2, signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF, signal.SIGIO),
)


class Supervisor:
    """One terminal, one program in it, at most one about to replace it, and those on their way out."""

    def __init__(
        self,
        terminal: HeldTerminal,
        command: Sequence[str],
        idle_seconds: float,
        again: str,
        suspended: Sequence[str],
    ) -> None:
        self._terminal, self._command = terminal, command
        self._silence = idle_seconds * 1.5
        self._again, self._suspended = again, suspended
        self._shown: Program | None = None
        self._next: Program | None = None
        self._leaving: list[Program] = []
        self._quick_ends = 0
        self._start_at = 0.0
        self._to_start = Allowance()
        self._day, self._tries = Day(), Tries()
        self._code: int | None = None
        self._wake, waker = os.pipe()
        for end in (self._wake, waker):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        for number in (*_HEEDED, *_NOT_HEEDED):
            signal.signal(number, _noted)

    def run(self) -> int:
        """Until an operator, SIGTERM or the end of the terminal ends it; the exit code."""
        self._terminal.hold()
        while self._code is None:
            self._start_when_due()
            self._wait()
            self._hurry()
        self._end_all()
        self._terminal.give_back()
        return self._code

    @property
    def _programs(self) -> "list[Program]":
        return [program for program in (self._shown, self._next, *self._leaving) if program is not None]

    def _start_when_due(self) -> None:
        wanted = self._shown is None or self._shown.home
        if wanted and self._next is None and time.monotonic() >= self._start_at:
            try:
                self._next = Program(self._command)
            except OSError:  # no process or descriptor is to be had
                self._failed_at_once()

    def _wait(self) -> None:
        """Until something is reported, or half a second has gone."""
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        poll.register(0, 0)
        programs = {program.reports: program for program in self._programs}
        for reports in programs:
            poll.register(reports, select.POLLIN)
        for fd, seen in poll.poll(self._patience * 1000):
            if fd == self._wake:
                self._heed(os.read(self._wake, 512))
            elif fd == 0:
                self._code = 128 + signal.SIGHUP
            elif seen & select.POLLIN:
                for line in programs[fd].read():
                    self._take(programs[fd], *line.partition(" ")[::2])
        self._reap()

    @property
    def _patience(self) -> float:
        """Seconds until time alone changes something."""
        if self._next is not None or self._leaving or self._shown is None:
            return 0.25
        return self._silence / 4

    def _heed(self, numbers: bytes) -> None:
        if signal.SIGWINCH in numbers:
            self._terminal.resized()
        if signal.SIGTERM in numbers:
            self._code = 128 + signal.SIGTERM
        elif signal.SIGHUP in numbers and self._terminal.gone:
            self._code = 128 + signal.SIGHUP

    def _take(self, program: Program, word: str, rest: str) -> None:
        """One report."""
        match word:
            case wire.READY if program is self._next:
                program.ready = True
                self._to_start.was_enough(time.monotonic() - program.since)
                program.enter()
                self._make_room()
            case wire.MUTED if program is self._shown:
                self._let_in()
            case wire.PAINTED if program is self._next:
                self._replace()
            case wire.HOME if program is self._shown:
                program.home = True
            case wire.BEGUN | wire.FINISHED:
                self._day.count(word)
            case wire.FAILED:
                self._day.count(f"{word}.{rest}")
            case wire.TRYING:
                self._tries.make()
            case wire.ADMITTED:
                self._tries.forget()
            case wire.ASK:
                program.tell(wire.DAY, self._day.line)
                program.tell(wire.TRIES, str(self._tries.until))
                program.tell(wire.ANSWERED)
            case wire.CLOSE if program is self._shown:
                self._code = 0

    # ── one program in the place of another ─────────────────────────────────
    def _make_room(self) -> None:
        """The next one is ready: the one before it falls silent first."""
        if self._shown is None:
            self._let_in()
        else:
            self._shown.tell(wire.MUTE)

    def _let_in(self) -> None:
        if self._next is not None and self._next.ready:
            self._terminal.erase_scrollback()
            self._terminal.taken()
            self._next.tell(wire.SHOW)
            self._next.let_in = True
            self._next.enter()

    def _replace(self) -> None:
        if self._shown is not None:
            if self._shown.home and time.monotonic() - self._shown.since > SOON:
                self._quick_ends = 0
            self._shown.end()
            self._leaving.append(self._shown)
        self._shown, self._next = self._next, None
        if self._shown is not None:
            self._shown.enter()

    def _hurry(self) -> None:
        """Nobody waits for a program for ever."""
        now = time.monotonic()
        if (coming := self._next) is not None:
            waited = now - coming.since
            if coming.let_in and waited > TO_PAINT:
                self._replace()
            elif not coming.ready and waited > self._to_start.seconds:
                coming.kill()
                self._to_start.was_not_enough()
            elif coming.ready and not coming.let_in and self._shown is not None and waited > TO_MUTE:
                self._shown.kill()  # it stands still, as before a terminal that nobody reads
        elif self._shown is not None and now - self._shown.heard > self._silence:
            self._shown.kill()
        for program in self._leaving:
            if now - program.since > TO_END:
                program.kill()

    # ── programs that end ───────────────────────────────────────────────────
    def _reap(self) -> None:
        for program in self._programs:
            pid, status = os.waitpid(program.pid, os.WNOHANG | os.WUNTRACED)
            if pid and os.WIFSTOPPED(status):
                program.kill(signal.SIGCONT)
            elif pid:
                self._ended(program)

    def _ended(self, program: Program) -> None:
        program.close()
        if program in self._leaving:
            self._leaving.remove(program)
        elif program is self._next:
            self._next = None
            self._failed_at_once()
        elif self._next is not None and self._next.let_in:
            self._shown = None  # the terminal is the next one's already
        else:
            lived = time.monotonic() - program.since
            self._shown = None
            self._quick_ends = 0 if lived > SOON else self._quick_ends
            self._failed_at_once()
            if self._next is not None and self._next.ready:
                self._let_in()

    def _failed_at_once(self) -> None:
        """Clear the terminal if nobody has it, and begin again: at once the first time, later and later then."""
        self._quick_ends += 1
        pause = min(LONGEST_PAUSE, 2.0 ** (self._quick_ends - 2)) if self._quick_ends > 1 else 0.0
        self._start_at = time.monotonic() + pause
        if self._shown is None:
            self._terminal.recover(*(self._suspended if self._quick_ends > QUICK_ENDS else (self._again,)))

    def _end_all(self) -> None:
        """Within `LAST` seconds: those that have the terminal by SIGTERM, then all by force."""
        for program in self._programs:
            program.kill(signal.SIGTERM)
        until = time.monotonic() + LAST
        while self._programs and time.monotonic() < until:
            select.select([self._wake], [], [], 0.1)
            self._drop_ended()
        for program in self._programs:
            program.kill()
            os.waitpid(program.pid, 0)

    def _drop_ended(self) -> None:
        for program in self._programs:
            pid, _status = os.waitpid(program.pid, os.WNOHANG)
            if pid and program is self._shown:
                self._shown = None
            elif pid and program is self._next:
                self._next = None
            elif pid:
                self._leaving.remove(program)


def _noted(number: int, frame: object) -> None:
    """The number goes to the wake-up descriptor; a handler, unlike SIG_IGN, ends with exec."""


def main() -> None:
    """Arguments: where the package lies, idle seconds, what to say at first, between programs and for none; a command.

    Two descriptors are added to the command: where it reports, and where it reads its orders.
    """
    _root, idle_seconds, starting, again, suspended, *command = sys.argv[1:]
    terminal = HeldTerminal(lines=tuple(starting.split("\n")))
    sys.exit(Supervisor(terminal, command, float(idle_seconds), again, suspended.split("\n")).run())
