"""A real sshd on loopback with a key of its own, its forced command the one of assets/deploy/ssh."""

import getpass
import os
import select
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tui.process.resources import ASSETS

PATIENCE = 60.0
"""Seconds after which a program that does not end has failed."""
DEPLOYED = ASSETS / "deploy/ssh/ca-kiosk.conf"
SEPARATED = Path("/run/sshd")
"""Where root's sshd wants to be separated; Debian's unit makes it."""
WRAPPER = """\
#!/bin/sh
trap : HUP
{python} -m tui "$@"
code=$?
echo $code >{codes}
exit $code
"""
"""Outlives the program by a moment, to say how it ended."""


@dataclass(frozen=True, slots=True)
class Server:
    """One that is up."""

    words: tuple[str, ...]
    """The client's command line: signs in, in a terminal."""
    _codes: int

    def exit_code(self) -> int:
        """Of the forced command that ends next."""
        assert select.select([self._codes], [], [], PATIENCE)[0], "the forced command does not end"
        return int(os.read(self._codes, 64))


@contextmanager
def sshd(folder: Path, settings: Path) -> Iterator[Server]:
    """Its forced command is the kiosk with these settings."""
    program = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None or shutil.which("ssh") is None:
        pytest.skip("sshd or ssh is not installed (apt: openssh-server)")
    if not os.geteuid():
        SEPARATED.mkdir(mode=0o755, exist_ok=True)
    _keys(folder)
    os.mkfifo(folder / "codes")
    codes = os.open(folder / "codes", os.O_RDWR)  # both ends: nobody waits for the other
    port = _free_port()
    _configure(folder, settings, port)
    started = subprocess.Popen([program, "-D", "-e", "-f", folder / "sshd_config"], stderr=subprocess.PIPE, text=True)
    try:
        assert started.stderr is not None
        told: list[str] = []
        while not any("Server listening" in line for line in told):
            told.append(started.stderr.readline())
            assert told[-1], told
        yield Server(_client(folder, port), codes)
    finally:
        started.kill()
        started.communicate()
        os.close(codes)


def _keys(folder: Path) -> None:
    for name in ("host", "person"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    kind, key, *_ = (folder / "host.pub").read_text().split()
    (folder / "known_hosts").write_text(f"* {kind} {key}\n")


def _configure(folder: Path, settings: Path, port: int) -> None:
    """The deployed lines but for their `Match`, with the program and the settings of this place."""
    kiosk = folder / "ca-kiosk"
    kiosk.write_text(WRAPPER.format(python=sys.executable, codes=folder / "codes"))
    kiosk.chmod(0o755)
    lines = [line.strip() for line in DEPLOYED.read_text().splitlines() if line.startswith("    ")]
    forced = "\n".join(lines).replace("/usr/local/bin/ca-kiosk", str(kiosk))
    (folder / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {folder}/host\nPidFile none\n"
        f"AuthorizedKeysFile {folder}/person.pub\nStrictModes no\nUsePAM no\nPermitRootLogin prohibit-password\n"
        f"{forced.replace('/etc/ca-kiosk/kiosk.toml', str(settings))}\n"
    )


def _client(folder: Path, port: int) -> tuple[str, ...]:
    options = (f"UserKnownHostsFile={folder}/known_hosts", "IdentitiesOnly=yes", "BatchMode=yes", "LogLevel=ERROR")
    with_options = (word for option in options for word in ("-o", option))
    identity = ("-F", "none", "-i", str(folder / "person"), "-p", str(port))
    return "ssh", "-tt", *identity, *with_options, f"{getpass.getuser()}@127.0.0.1"


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
