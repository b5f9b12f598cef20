"""A PKCS#11 driver in front of SoftHSM2 that misbehaves on command; `faults` tells what it can do.

The driver reads its rules again at every call, so a test changes them while it runs.
"""

import fcntl
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.rig.simulator.faults import At, Is, Rule
from tests.rig.softhsm import SoftToken

__all__ = ["CALLS", "At", "Is", "Rule", "Simulator", "build"]

_SOURCES = Path(__file__).parent
CALLS = frozenset(re.findall(r"X\((C_\w+),", (_SOURCES / "simulator.h").read_text()))
"""The calls that rules can name."""
_COMPILE = (
    *("gcc", "-std=c11", "-D_GNU_SOURCE", "-O1", "-Wall", "-Wextra", "-Werror"),
    *("-fPIC", "-shared", "-fvisibility=hidden", "-I/usr/include/p11-kit-1"),
)


def build(folder: Path) -> Path:
    """The compiled module in this folder, which several processes may share: the first one compiles."""
    module = folder / "simulator.so"
    with (folder / "simulator.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not module.exists():
            sources = map(str, sorted(_SOURCES.glob("*.c")))
            subprocess.run((*_COMPILE, *sources, "-o", str(module), "-ldl"), check=True)
    return module


@dataclass(frozen=True, slots=True)
class Simulator:
    """The simulator over one SoftHSM2 token; it offers what `SoftToken` offers to whoever loads a driver."""

    soft: SoftToken
    """The token behind it, to be looked at past all rules."""
    module: Path
    control: Path
    """The folder of rules, counters and the log of calls."""
    rules: dict[int, Rule] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)
    """No number comes twice, since the driver's counters outlive the rules."""

    def __post_init__(self) -> None:
        """Make the control folder."""
        self.control.mkdir()

    @property
    def environment(self) -> tuple[tuple[str, str], ...]:
        """What a process must set before it loads the module."""
        behind = ("SIMULATOR_BEHIND", str(self.soft.module))
        return (*self.soft.environment, behind, ("SIMULATOR_CONTROL", str(self.control)))

    @property
    def certificate_der(self) -> bytes:
        """The certificate that is on the token."""
        return self.soft.certificate_der

    @property
    def pin(self) -> str:
        """The right PIN."""
        return self.soft.pin

    @property
    def label(self) -> str:
        """The token's own label."""
        return self.soft.label

    def at(
        self, call: str, what: At, value: int = 0, *, text: str = "", times: int = 0, after: int = 1, since: str = ""
    ) -> Rule:
        """From now on let this happen at calls of this name: from the `after`-th on, `times` times (0: for ever)."""
        return self._add(Rule(next(self._numbers), what, call, value, text, times, after, since))

    def rule(
        self, what: Is, value: int = 0, *, text: str = "", times: int = 0, after: int = 1, since: str = ""
    ) -> Rule:
        """From now on, or from the first call of the name `since` on, let the token be so."""
        return self._add(Rule(next(self._numbers), what, "", value, text, times, after, since))

    def lift(self, *rules: Rule) -> None:
        """End these rules."""
        for rule in rules:
            del self.rules[rule.number]
        self._write()

    def clear(self) -> None:
        """End all rules; wrong PINs stay counted."""
        self.lift(*self.rules.values())

    def calls(self, since: int = 0) -> list[str]:
        """The names of all calls, of every process that loaded the module, in order of their beginning.

        `since` is what `logged` said: those before are left out.
        """
        if not self._log.exists():
            return []
        with self._log.open() as log:
            log.seek(since)
            return log.read().split()

    @property
    def logged(self) -> int:
        """How much the log of calls holds now."""
        return self._log.stat().st_size if self._log.exists() else 0

    @property
    def _log(self) -> Path:
        return self.control / "calls"

    def end_children(self) -> None:
        """End what `FORK` and `SPAWN` left behind."""
        children = self.control / "children"
        for pid in children.read_text().split() if children.exists() else ():
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)

    def _add(self, rule: Rule) -> Rule:
        assert {rule.call, rule.since} <= CALLS | {""}, "a driver that knows no such call would only look crashed"
        self.rules[rule.number] = rule
        self._write()
        return rule

    def _write(self) -> None:
        """In one step, since the driver may read at any moment."""
        new = self.control / "rules.new"
        new.write_bytes("".join(rule.line for rule in self.rules.values()).encode(errors="surrogateescape"))
        new.replace(self.control / "rules")
