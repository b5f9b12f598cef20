"""Drives the commands as other people's scripts do: sandbox, token, renewal, payment, each a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "246810"
READY_SECONDS = 60
STEP_SECONDS = 120

Line = dict[str, Any]


@dataclass
class Renewal:
    """One `ca-kiosk renew --json` under way."""

    process: subprocess.Popen[str]
    lines: list[Line] = field(default_factory=list)

    def until(self, event: str) -> Line:
        """Read lines up to the first of this kind; fails with what came when the process ends first."""
        assert self.process.stdout is not None
        for text in self.process.stdout:
            self.lines.append(json.loads(text))
            if self.lines[-1]["event"] == event:
                return self.lines[-1]
        raise AssertionError(f"no {event!r}, exit {self.end()}: {self.lines}")

    def kill(self) -> None:
        """As a power cut does."""
        self.process.kill()
        self.end()

    def end(self) -> int:
        """Wait for the exit code."""
        assert self.process.stdout is not None
        with self.process.stdout as rest:
            self.lines += [json.loads(text) for text in rest]
        return self.process.wait(STEP_SECONDS)


@dataclass
class Sandbox:
    """A sandbox that is up, with one SoftHSM2 token folder."""

    directory: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a script's shell would have."""
        return {**os.environ, "SOFTHSM2_CONF": str(self.directory / "token.conf")}

    def run(self, *words: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        """One command to its end."""
        done = subprocess.run(
            command(*words), env=self.environment, capture_output=True, text=True, timeout=STEP_SECONDS, check=False
        )
        assert not check or done.returncode == 0, (words, done.returncode, done.stdout, done.stderr)
        return done

    def make_token(self, label: str = "counter") -> str:
        """An empty initialised token; its label."""
        folder = self.directory / "softhsm"
        folder.mkdir(exist_ok=True)
        (self.directory / "token.conf").write_text(f"directories.tokendir = {folder}\nobjectstore.backend = file\n")
        tool(self, "softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "12345678")
        (self.directory / "pin").write_text(PIN + "\n")
        (self.directory / "pin").chmod(0o600)
        (self.directory / "pin").chmod(0o600)
        return label

    def certify(self, label: str, *options: str) -> None:
        """`sandbox token`: a key in the token and a certificate about to expire."""
        words = ("--module", MODULE, "--token-label", label, "--pin-file", self.directory / "pin")
        self.run("sandbox", "token", "--dir", self.directory, *words, *options)

    def certificates(self) -> list[Line]:
        """`certs --json`."""
        listed: list[Line] = json.loads(self.run("certs", "--json", "--module", MODULE).stdout)
        return listed

    def answers(self, **changes: str) -> Path:
        """The sandbox's answers with some values changed (`method="unionpay"`)."""
        text = (self.directory / "answers.toml").read_text()
        lines = []
        for line in text.splitlines():
            key = line.split("=")[0].strip()
            lines.append(f'{key} = "{changes[key]}"' if key in changes else line)
        path = self.directory / f"answers-{len(list(self.directory.glob('answers-*')))}.toml"
        path.write_text("\n".join(lines) + "\n")
        path.chmod(0o600)
        return path

    def renew(self, answers: Path | None = None) -> Renewal:
        """Begin `renew --json`."""
        words = command(
            "renew",
            "--config",
            self.directory / "kiosk.toml",
            "--answers",
            answers or self.directory / "answers.toml",
            "--pin-file",
            self.directory / "pin",
            "--json",
        )
        with (self.directory / "renew.err").open("a") as errors:
            process = subprocess.Popen(words, env=self.environment, stdout=subprocess.PIPE, stderr=errors, text=True)
        return Renewal(process)

    def pay(self, qr: str) -> None:
        """The phone scans and pays."""
        self.run("sandbox", "pay", "--dir", self.directory, "--qr", qr)


def command(*words: str | Path) -> list[str]:
    """The program's command line from this interpreter."""
    return [sys.executable, "-m", "tui", *map(str, words)]


def tool(sandbox: Sandbox, *words: str | Path) -> str:
    """One of the independent tools (softhsm2-util, pkcs11-tool, openssl)."""
    done = subprocess.run(
        [str(word) for word in words], env=sandbox.environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


@contextmanager
def sandbox_up(directory: Path) -> Iterator[Sandbox]:
    """`sandbox up` until the block ends."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "sandbox.err").open("a") as errors:
        process = subprocess.Popen(
            command("sandbox", "up", "--dir", directory), stdout=subprocess.PIPE, stderr=errors, text=True
        )
    try:
        assert process.stdout is not None
        ready = process.stdout.readline()
        assert ready, (directory / "sandbox.err").read_text()
        json.loads(ready)
        yield Sandbox(directory)
    finally:
        process.terminate()
        process.communicate(timeout=READY_SECONDS)
