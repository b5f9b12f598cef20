"""Start and end the demonstration: the sandbox in a child process, a SoftHSM2 token, and a phone that pays."""

import asyncio
import json
import shutil
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
TEMPORARY = "temporary"
"""Tells the sandbox to remove its folder at its end."""
_SANDBOX = sys.executable, "-X", "utf8", "-m", "tui.sandbox.demo.environment"
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
    temporary: bool
    """The folder goes with the demonstration."""

    @property
    def phone(self) -> "DemoPhone":
        """The phone that pays what the screen shows."""
        return DemoPhone(self.directory, self.account, self.password, self.pin)

    def close(self) -> None:
        """End the sandbox, which removes a temporary folder; may be called twice."""
        if self._town.stdin and not self._town.stdin.closed:
            self._town.stdin.close()
        try:
            self._town.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._town.kill()
            self._town.wait()
        if self._town.stdout:
            self._town.stdout.close()
        if self.temporary:  # by itself it does that however this process ends, unless it had to be killed
            shutil.rmtree(self.directory, ignore_errors=True)


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
    place = absolute(directory) if directory else Path(tempfile.mkdtemp(prefix="ca-kiosk-demo-"))
    place.mkdir(parents=True, exist_ok=True)
    with (place / "sandbox.log").open("ab+") as errors:
        earlier = errors.tell()
        # The sandbox ends with its standard input, so that nothing is left behind however this process ends.
        child = subprocess.Popen(
            [*_SANDBOX, str(place), *(() if directory else (TEMPORARY,))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,  # Ctrl-C belongs to the kiosk
        )
        ready = child.stdout.readline() if child.stdout else ""
        account, password = (json.loads(ready)[key] for key in ("account", "password")) if ready else ("", "")
        demo = Demo(place, place / "kiosk.toml", account, password, PIN, child, temporary=directory is None)
        if not ready:
            demo.close()
            errors.seek(earlier)
            told = errors.read().decode("utf-8", "replace").strip().splitlines()
            raise DemoFailed(told[-1] if told else "沙箱没有启动 / the sandbox ended without a word")
    return demo
