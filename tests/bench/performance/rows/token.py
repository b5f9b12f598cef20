"""Commands that end by themselves, and what they have to do with the token."""

import re
import subprocess
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from time import monotonic

from tests.bench.performance.bench import HERE, Bench
from tests.bench.performance.checkout import Town
from tests.bench.performance.figures import REFERENCE, Row, Target
from tests.bench.performance.journey import Phone
from tests.bench.performance.processes import clean_environment
from tests.rig.softhsm import MODULE

_SHELL = HERE / "tests/bench/renewal/shell.sh"
_TIMES = 3
"""Each is so short that a run takes it so often."""


def certs(bench: Bench) -> list[Row]:
    """Each in turns, on the token of its sandbox."""
    took: dict[str, list[float]] = defaultdict(list)
    reference = (*bench.reference("certs"), MODULE)
    for counts in bench.rounds(_TIMES):
        milliseconds = {REFERENCE: _timed(reference, bench.towns[-1].environment)}
        for town in bench.towns:
            words = (town.checkout.kiosk, "certs", "--json", "--module", MODULE)
            milliseconds[town.checkout.name] = _timed(words, town.environment)
        for name, value in milliseconds.items() if counts else ():
            took[name].append(value)
    beside = "PyKCS11 and cryptography in one process"
    return [Row("certs", "certs --json", "ms", Target(2.0, ratio=True), took, beside)]


def renew(bench: Bench) -> list[Row]:
    """A renewal of a new certificate each in turns; what the person takes to pay is no part of it."""
    took: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as open_:
        phones = {town.checkout.name: open_.enter_context(Phone(town)) for town in bench.towns}
        for counts in bench.rounds():
            milliseconds = {}
            for town in bench.towns:
                name = town.checkout.name
                milliseconds[name] = _renewed(town, phones[name], _renew_command(town))
            last = bench.towns[-1]
            milliseconds[REFERENCE] = _renewed(last, phones[last.checkout.name], _shell_command(last))
            for name, value in milliseconds.items() if counts else ():
                took[name].append(value)
    return [Row("renew", "renew, P-256, without the payment", "ms", Target(0.6, ratio=True), took, "a shell script")]


def _renew_command(town: Town) -> Sequence[str | Path]:
    files = ("--config", town.config, "--answers", town.directory / "answers.toml", "--pin-file", town.pin_file)
    return (town.checkout.kiosk, "renew", "--json", *files)


def _shell_command(town: Town) -> Sequence[str | Path]:
    return ("bash", _SHELL, town.directory, town.pin_file, MODULE, town.token.label)


def _renewed(town: Town, phone: Phone, words: Sequence[str | Path]) -> float:
    """Milliseconds from the command to its exit, without those from the code until it knows of the money.

    :raises RuntimeError: it failed.
    """
    town.new_person()
    begun = monotonic()
    with subprocess.Popen(
        words, env={**clean_environment(), **town.environment}, stdout=subprocess.PIPE, text=True
    ) as command:
        assert command.stdout is not None
        shown = paid = 0.0
        for line in command.stdout:
            if code := re.search(r"""^pay (\S+)|"event": ?"pay".*"qr": ?"([^"]+)""", line):
                shown = monotonic()
                phone.pay(code[1] or code[2])
            elif re.search(r"""^paid|"event": ?"paid\"""", line):
                paid = monotonic()
    if command.wait() or not paid:
        raise RuntimeError(f"{words[0]} ended with {command.returncode}")
    return 1000 * (monotonic() - begun - (paid - shown))


def _timed(words: Sequence[str | Path], environment: Mapping[str, str]) -> float:
    """Milliseconds from the command to its exit."""
    begun = monotonic()
    subprocess.run(words, env={**clean_environment(), **environment}, stdout=subprocess.DEVNULL, timeout=60, check=True)
    return 1000 * (monotonic() - begun)
