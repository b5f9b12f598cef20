"""Start and end the demonstration: the sandbox in a child process, a SoftHSM2 token, and a phone that pays."""

import asyncio
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from tui.process.paths import absolute

PIN = "12345678"
TOKEN_LABEL = "CA-DEMO"
DAYS_LEFT = 20
STOP_SECONDS = 15
_OF_THE_EXTRA = "aiosmtpd"
"""Comes with the extra alone, and with it all else that the sandbox needs."""


class DemoFailed(Exception):  # noqa: N818 — what happened
    """The demonstration does not come up; the text says why."""


@dataclass(frozen=True, slots=True)
class Demo:
    """What the kiosk needs to know of a demonstration that is up."""

    directory: Path
    kiosk_config: Path
    account: str
    password: str
    pin: str
    """CA密码: shown to the person, it protects nothing real."""
    _town: "subprocess.Popen[str]" = field(repr=False)
    _folder: "tempfile.TemporaryDirectory[str] | None" = field(repr=False)

    @property
    def phone(self) -> "DemoPhone":
        """The phone that pays what the screen shows."""
        return DemoPhone(self.directory, self.account, self.password, self.pin)

    def close(self) -> None:
        """End the sandbox and, when the folder was temporary, remove it; may be called twice."""
        if self._town.stdin and not self._town.stdin.closed:
            self._town.stdin.close()
        try:
            self._town.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._town.kill()
            self._town.wait()
        if self._town.stdout:
            self._town.stdout.close()
        if self._folder:
            self._folder.cleanup()


class DemoPhone:
    """`journey.ports.Phone` over the wallet."""

    def __init__(self, directory: Path, account: str, password: str, pin: str) -> None:
        """`directory` is the sandbox's."""
        self.account, self.password, self.pin = account, password, pin
        self._directory = directory

    async def pay(self, qr: str) -> None:
        """Scan and pay, in a thread of its own.

        :raises WalletRefused: the platform does not take this payment.
        """
        await asyncio.to_thread(self._pay, qr)

    def _pay(self, qr: str) -> None:
        from tui.sandbox.wallet import pay

        pay(self._directory, qr)


def prepare(directory: Path | None = None) -> Demo:
    """Bring everything up in `directory`, or in a temporary one; returns when the kiosk may start.

    :raises ModuleNotFoundError: the program was installed without the demo's libraries.
    :raises DemoFailed: SoftHSM2 is missing, the folder is in use, or the desk does not come up.
    :raises OSError: the folder cannot be made.
    """
    if find_spec(_OF_THE_EXTRA) is None:
        raise ModuleNotFoundError(f"No module named {_OF_THE_EXTRA!r}", name=_OF_THE_EXTRA)
    folder = None if directory else tempfile.TemporaryDirectory(prefix="ca-kiosk-demo-")
    place = Path(folder.name) if folder else absolute(directory or Path())
    place.mkdir(parents=True, exist_ok=True)
    log = place / "sandbox.log"
    with log.open("ab") as errors:
        earlier = errors.tell()
        # The sandbox ends with its standard input, so that nothing is left behind however this process ends.
        child = subprocess.Popen(
            [sys.executable, "-m", "tui.sandbox.demo.environment", str(place)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,  # Ctrl-C belongs to the kiosk
        )
    ready = child.stdout.readline() if child.stdout else ""
    account, password = (json.loads(ready)[key] for key in ("account", "password")) if ready else ("", "")
    demo = Demo(place, place / "kiosk.toml", account, password, PIN, child, folder)
    if not ready:
        told = log.read_bytes()[earlier:].decode("utf-8", "replace").strip().splitlines()
        demo.close()
        raise DemoFailed(told[-1] if told else "the sandbox ended without a word")
    return demo
