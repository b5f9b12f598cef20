"""Run the desk as a child process and restart it as a service manager would."""

import shutil
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx

from tui.process.output import unusable

COMMAND = (sys.executable, "-m", "tui", "desk", "serve")
BACK_OFF = 0.3
"""Seconds before a desk that ended is started again."""
STOP_SECONDS, READY_WITHIN = 10, 60


class DeskFailed(Exception):  # noqa: N818 — what happened
    """The desk does not come up; the text says where its log is."""


class DeskProcess:
    """`desk serve`, started again whenever it ends, until `stop`."""

    def __init__(self, directory: Path, url: str, ca_file: Path) -> None:
        """`directory` holds desk.toml; desk.log and desk.pid are written there."""
        self._directory = directory
        self._url = f"{url}/v1/service"
        self._tls = ssl.create_default_context(cafile=str(ca_file))
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._starts = 0
        self._trouble = ""
        self._keeper = threading.Thread(target=self._keep, name="desk keeper", daemon=True)

    @property
    def pid(self) -> int | None:
        """The process that runs now."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Begin; returns at once."""
        self._keeper.start()

    def wait_ready(self) -> None:
        """Return once the desk answers.

        :raises DeskFailed: it ended before it ever answered, or did not answer in time.
        """
        end, first = time.monotonic() + READY_WITHIN, self._starts
        with httpx.Client(verify=self._tls, timeout=2, trust_env=False) as client:
            while time.monotonic() < end and self._starts <= max(first, 1):
                try:
                    if client.get(self._url, headers={"Kiosk-Version": "999.0.0"}).status_code == httpx.codes.OK:
                        return
                except httpx.HTTPError:
                    pass
                time.sleep(0.05)
        why = self._trouble or self._directory / "desk.log"
        raise DeskFailed(f"续期服务没有启动，见 / the desk does not answer, see {why}")

    def restart(self) -> None:
        """Kill it (SIGKILL, as a power cut does), and return when its successor answers."""
        if self._process:
            before = self._starts
            self._process.kill()
            while self._starts == before and not self._stopping.is_set():
                time.sleep(0.02)
        self.wait_ready()

    def stop(self) -> None:
        """End it in good order."""
        self._stopping.set()
        if self._process:
            self._process.terminate()
        if self._keeper.is_alive():
            self._keeper.join(STOP_SECONDS)
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _keep(self) -> None:
        command = [*COMMAND, "--config", str(self._directory / "desk.toml")]
        if tether := shutil.which("setpriv"):  # so that a sandbox killed outright leaves no desk behind
            command = [tether, "--pdeathsig", "TERM", *command]
        while not self._stopping.is_set():
            try:
                self._run(command)
            except OSError as error:  # a full disk
                self._trouble = unusable(error)
            self._stopping.wait(BACK_OFF)

    def _run(self, command: list[str]) -> None:
        self._starts += 1
        with (self._directory / "desk.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._trouble = ""
        try:
            (self._directory / "desk.pid").write_text(f"{self._process.pid}\n")
        finally:
            if self._stopping.is_set():
                self._process.terminate()
            self._process.wait()
