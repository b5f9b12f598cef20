"""A pcscd of our own with a virtual reader, beside whatever pcscd the machine runs; it needs no privilege.

- It takes its socket from us as from systemd, so the socket may lie anywhere.
- Two folders are compiled in: where it leaves its process id, and where drivers of USB readers are. The rig runs a
  copy in which both lead nowhere, so that the machine's own daemon and a developer's real token are left alone.
- It looks at the reader four times as often, since tests wait for that more than for anything else.
- The virtual reader listens on TCP on every address; socket_wrapper makes that a socket in our folder. (That the
  driver connects out to the card is no alternative: up to 0.9 it aborts when the card leaves.)
"""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from tests.rig.card.port import Card
from tests.rig.card.vpcd import Slot, port_path

PCSCD = Path("/usr/sbin/pcscd")
DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")


def _library(name: str) -> Path:
    """A library in the folder of this machine's architecture."""
    return next(iter(Path("/usr/lib").glob(f"*-linux-*/{name}")), Path("/usr/lib") / name)


MODULE = _library("opensc-pkcs11.so")
_WRAPPER = _library("libsocket_wrapper.so")
_NEEDED = {
    PCSCD: "pcscd",
    DRIVER: "vsmartcard-vpcd",
    MODULE: "opensc-pkcs11",
    Path("/usr/bin/pkcs15-init"): "opensc",
    _WRAPPER: "libsocket-wrapper",
}
_REPLACED = {b"/run/pcscd": b"/proc/self", b"/usr/lib/pcsc/drivers": b"/proc/self/no/drivers"}
"""Strings of equal length in pcscd's program."""
_SLOW, _QUICK = (b"\xbf" + microseconds.to_bytes(4, "little") for microseconds in (400_000, 100_000))
"""The pause between two looks at a reader as x86 hands it to usleep; where it is not found, tests take longer."""
_PORTS = 0x8C7B, 0x8C7C
"""The virtual reader's two slots, in socket_wrapper's folder."""
_READER = f"""\
FRIENDLYNAME "Virtual PCD"
DEVICENAME   /dev/null:0x{_PORTS[0]:X}
LIBPATH      {DRIVER}
CHANNELID    0x{_PORTS[0]:X}
"""
_OPENSC = """\
app default {
  card_drivers = myeid;
  framework pkcs15 {
    use_file_caching = no;
  }
}
"""
_PATIENCE = 10.0
"""Seconds in which pcscd must have started."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A running pcscd and its virtual reader."""

    directory: Path
    slots: tuple[Slot, ...]
    daemon: int
    """Process id."""
    environment: tuple[tuple[str, str], ...]
    """What a process must set before it loads OpenSC."""

    @contextmanager
    def holding(self, card: Card, slot: int = 0) -> Iterator[Card]:
        """A card that is in, noticed by pcscd, until the end of a `with`."""
        self.slots[slot].plug(card)
        try:
            self.await_card(slot)
            yield card
        finally:
            self.slots[slot].pull()

    def await_card(self, slot: int = 0) -> None:
        """Return when pcscd tells its clients of the card that is in."""
        assert self.slots[slot].powered.wait(_PATIENCE), "pcscd did not notice the card"
        deadline = time.monotonic() + _PATIENCE
        # Switching it on comes first, telling of it after.
        while not re.search(rf"^{slot} +Yes", self.run("opensc-tool", "--list-readers"), re.MULTILINE):
            assert time.monotonic() < deadline, "pcscd told of no card"

    def run(self, *command: str) -> str:
        """Run a command-line tool against this reader and return what it printed.

        :raises CalledProcessError: it failed.
        """
        environment = {**os.environ, **dict(self.environment)}
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

    def log(self) -> str:
        """What pcscd said."""
        return (self.directory / "log").read_text(errors="replace")


def missing() -> str:
    """Which Debian packages are missing, as a reason to skip a test; empty if all are there."""
    packages = [package for path, package in _NEEDED.items() if not path.exists()]
    return f"not installed: {' '.join(packages)}" if packages else ""


@contextmanager
def private_pcscd(*, bare: bool = False) -> Iterator[Reader]:
    """A reader without cards; its pcscd ends with the thread that began it, whatever happens.

    `bare` leaves the reader out, too.
    """
    directory = Path(mkdtemp(prefix="card"))  # short: a socket's path holds 107 bytes
    (directory / "opensc.conf").write_text(_OPENSC)
    (directory / "readers").mkdir()
    if not bare:
        (directory / "readers" / "virtual").write_text(_READER)
    slots = () if bare else tuple(Slot(directory, port) for port in _PORTS)
    environment = (
        ("PCSCLITE_CSOCK_NAME", str(directory / "socket")),
        ("OPENSC_CONF", str(directory / "opensc.conf")),
        # OpenSC tells the desktop of cards, through GLib, which else makes ~/.cache.
        ("XDG_RUNTIME_DIR", str(directory)),
        ("DBUS_SESSION_BUS_ADDRESS", f"unix:path={directory / 'no-bus'}"),
    )
    try:
        daemon = _start(directory)
        try:
            if not bare:
                _await_reader(directory, daemon)
            yield Reader(directory, slots, daemon.pid, environment)
        finally:
            for slot in slots:
                slot.pull()
            daemon.kill()
            daemon.wait()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _start(directory: Path) -> subprocess.Popen[bytes]:
    original = PCSCD.read_bytes()
    options = ("--disable-polkit",) if b"disable-polkit" in original else ()  # nobody is there to be asked
    program = directory / "pcscd"
    program.write_bytes(_moved(original))
    program.chmod(0o700)
    with (
        socket.socket(socket.AF_UNIX) as listener,
        (directory / "log").open("wb") as log,
    ):
        listener.bind(str(directory / "socket"))
        listener.listen()
        # systemd's protocol (sd_listen_fds(3)): descriptor 3, and variables that name the process itself.
        script = 'exec 3<&0 </dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"'
        return subprocess.Popen(
            (
                *("sh", "-c", script, "pcscd", "setpriv", "--pdeathsig", "KILL"),
                *("env", f"LD_PRELOAD={_WRAPPER}", f"SOCKET_WRAPPER_DIR={directory}"),
                *(str(program), "--foreground", "--config", str(directory / "readers"), *options),
            ),
            stdin=listener.fileno(),
            stdout=log,
            stderr=log,
        )


def _moved(program: bytes) -> bytes:
    for old, new in _REPLACED.items():
        assert len(old) == len(new)
        assert old in program, f"pcscd does not name {old.decode()}"
        program = program.replace(old, new)
    return program.replace(_SLOW, _QUICK) if program.count(_SLOW) == 1 else program


def _await_reader(directory: Path, daemon: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not all(port_path(directory, port).exists() for port in _PORTS):
        assert daemon.poll() is None, (directory / "log").read_text(errors="replace")
        assert time.monotonic() < deadline, "pcscd opened no reader"
        time.sleep(0.005)
