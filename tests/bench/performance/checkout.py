"""A checkout of the program with an environment of its own, and the outside world that it is measured in."""

import os
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import Any

from tests.bench.performance.processes import clean_environment
from tests.rig.softhsm import MODULE, SoftToken, init_token

PIN = "246810"
DAYS_LEFT = 20
_LABEL = "counter"
_STEP = 120.0
"""Seconds for any command to end."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """The program as it is in one folder."""

    name: str
    """`now` or `before`."""
    root: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.root / ".venv/bin/python"

    @property
    def kiosk(self) -> Path:
        """Its `ca-kiosk`."""
        return self.root / ".venv/bin/ca-kiosk"

    def run(self, *words: str | Path, **environment: str) -> str:
        """One command to its end; what it printed.

        :raises subprocess.CalledProcessError: it failed.
        """
        return subprocess.run(
            [str(self.kiosk), *map(str, words)],
            cwd=self.root,
            env={**clean_environment(), **environment},
            stdout=subprocess.PIPE,
            text=True,
            timeout=_STEP,
            check=True,
        ).stdout


@dataclass(frozen=True, slots=True)
class Town:
    """A sandbox that is up, with one SoftHSM2 token whose certificate is about to end."""

    checkout: Checkout
    directory: Path
    token: SoftToken

    @property
    def config(self) -> Path:
        """The kiosk's settings."""
        return self.directory / "kiosk.toml"

    @property
    def pin_file(self) -> Path:
        """What commands read the PIN from."""
        return self.directory / "pin"

    @property
    def environment(self) -> dict[str, str]:
        """What the token's module needs."""
        return dict(self.token.environment)

    @property
    def answers(self) -> dict[str, Any]:
        """What the person fills in."""
        return tomllib.loads((self.directory / "answers.toml").read_text())

    def pay(self, business_no: str) -> None:
        """The phone pays what the code asks for."""
        self.checkout.run("sandbox", "pay", "--dir", self.directory, business_no)

    def new_person(self) -> None:
        """Another token in the place of the one that is there, with a certificate of its own."""
        self.token.run("softhsm2-util", "--delete-token", "--token", _LABEL)
        self._add(_LABEL)

    def second_token(self) -> Path:
        """Another token beside the first, with a certificate; the folder that it is as long as it is plugged in."""
        before = set(self._store.iterdir())
        self._add("other")
        (folder,) = set(self._store.iterdir()) - before
        return folder

    @property
    def _store(self) -> Path:
        return self.token.directory / "tokens"

    def _add(self, label: str) -> None:
        words = ("--free", "--label", label, "--pin", PIN, "--so-pin", "12345678")
        self.token.run("softhsm2-util", "--init-token", *words)
        self.certify(label)

    def certify(self, label: str = _LABEL) -> None:
        """A P-256 key in the token and a certificate about to end."""
        words = ("--dir", self.directory, "--module", MODULE, "--token-label", label, "--pin-file", self.pin_file)
        kind = ("--days-left", str(DAYS_LEFT), "--key", "ec256")
        self.checkout.run("sandbox", "token", *words, *kind, **self.environment)


@contextmanager
def town(checkout: Checkout, folder: Path) -> Iterator[Town]:
    """`sandbox up` of this checkout until the block ends, in a folder that does not outlive it."""
    directory = folder / f"town-{checkout.name}"
    directory.mkdir(parents=True)
    with (directory / "sandbox.err").open("w") as errors:
        process = subprocess.Popen(
            [checkout.kiosk, "sandbox", "up", "--dir", directory],
            cwd=checkout.root,
            env=clean_environment(),
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    try:
        assert process.stdout is not None
        if not process.stdout.readline():
            raise RuntimeError((directory / "sandbox.err").read_text())
        yield _with_a_token(checkout, directory)
    finally:
        process.terminate()
        process.communicate(timeout=_STEP)
        rmtree(directory)


def _with_a_token(checkout: Checkout, directory: Path) -> Town:
    made = Town(checkout, directory, init_token(directory / "card", pin=PIN, label=_LABEL))
    made.pin_file.touch(0o600)
    made.pin_file.write_text(PIN + "\n")
    made.certify()
    environment = ", ".join(f'{name} = "{value}"' for name, value in made.token.environment)
    text = made.config.read_text()
    line = f'path = "{MODULE}"'
    made.config.write_text(text.replace(line, f"{line}\nenvironment = {{ {environment} }}"))
    return made


def compiled(checkout: Checkout) -> None:
    """Have every module compiled, as an installation does: without that a start takes 3.7 times as long."""
    words = [
        str(checkout.python),
        "-m",
        "compileall",
        "-q",
        "-j",
        str(os.cpu_count()),
        "tui",
        "tests/bench/performance",
    ]
    subprocess.run(words, cwd=checkout.root, env=clean_environment(), stdout=subprocess.DEVNULL, check=False)
