"""A driver process that waits holds nothing that only orders need; what lies on its tokens was read beside it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path

import PyKCS11
import pytest

from tests.rig.softhsm import SoftToken, pull
from tui.core.certificate import Token
from tui.token import protocol
from tui.token.host import inventory, presence
from tui.token.host.capture import contents
from tui.token.host.contents import CertificateBytes, Contents, Listing
from tui.token.host.driver import Driver
from tui.token.host.inventory import opened
from tui.token.host.listing import read
from tui.token.host.presence import Watcher
from tui.token.host.reader import Reader
from tui.token.host.slot_monitor import SlotMonitor
from tui.token.launch import Module
from tui.token.load import HEADER, framed
from tui.token.protocol import Prepare, Seen

PROGRAM = """
import sys
from types import SimpleNamespace
from tui.token.host import main
main.os = SimpleNamespace(_exit=sys.exit)
try: main.main()
except SystemExit: open(sys.argv[1], "w").write(" ".join(sys.modules))
"""
SERVING = """
import sys
from tui.token.host import reader
try: reader._serve(int(sys.argv[1]), -1, hurried=bool(sys.argv[2]))
except EOFError: print("cryptography" in sys.modules)
"""
FOR_ORDERS = {"cryptography", "tui.token.x509", "tui.token.host.orders", "tui.token.host.listing", "tui.core.form"}
NEVER = {"asyncio", "ssl", "logging", "httpx", "textual", "tui.core.order", "tui.desk", "tui.journey"}
HEAVY = {
    "pathlib",
    "urllib",
    "typing_extensions",
    "msgspec.inspect",
    *(("inspect", "ast") if sys.version_info < (3, 12) else ()),
}
"""Two megabytes that only orders may need; from Python 3.12 on every dataclass needs `inspect`."""


@pytest.mark.parametrize("prepared", [False, True])
def test_what_it_has_imported_after_its_first_look(soft: SoftToken, tmp_path: Path, prepared: bool) -> None:
    imported = tmp_path / "modules"
    module = Module(soft.module, tuple(soft.environment))
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, imported], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(framed(module.load.encoded()))
        (length,) = HEADER.unpack(process.stdout.read(HEADER.size))
        payload = b""
        while len(payload) < length:
            payload += process.stdout.read(length - len(payload))
        seen = protocol.decode_report(payload)
        if prepared:
            process.stdin.write(framed(protocol.encode(Prepare())))
        process.stdin.close()
    assert isinstance(seen, Seen)
    assert [certificate.der for certificate in seen.tokens[0].certificates] == [soft.certificate_der]
    loaded = set(imported.read_text().split())
    assert not loaded & (NEVER if prepared else NEVER | HEAVY)
    assert loaded & FOR_ORDERS == (FOR_ORDERS if prepared else set())


class Looked:
    """Counts what is read."""

    def __init__(self, soft: SoftToken, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in soft.environment:
            monkeypatch.setenv(name, value)
        self.driver, self.read = Driver(str(soft.module)), list[Contents]()
        self.driver.restart()  # another test may have had the module read its settings
        self.watcher = Watcher(self.driver, SlotMonitor(), self._counted)

    def _counted(self, held: Contents) -> Listing:
        self.read.append(held)
        return read(held)

    def cost(self, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
        """Each look takes so much processor time."""
        monkeypatch.setattr(self.watcher._monitor, "changed", lambda: False)
        monkeypatch.setattr(time, "process_time", partial(next, count(self.watcher._spent + seconds, seconds)))

    def again(self) -> tuple[Token, ...] | None:
        """A whole look."""
        self.watcher.forget()
        return self.watcher.look()


@pytest.fixture
def looked(soft: SoftToken, monkeypatch: pytest.MonkeyPatch) -> Iterator[Looked]:
    """In this process, which other tests branch off: the module is left as if it had not been used."""
    looked = Looked(soft, monkeypatch)
    yield looked
    looked.driver.lib.unload()


def test_what_has_not_changed_is_read_once(looked: Looked) -> None:
    assert looked.watcher.look()
    assert looked.again() is None
    assert len(looked.read) == 1


def test_what_another_program_may_have_written_is_looked_for_at_every_third_restart(
    looked: Looked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "_RESTART", 0.0)
    whole = count()
    tokens = inventory.tokens
    monkeypatch.setattr(inventory, "tokens", lambda *what: next(whole) >= 0 and tokens(*what))
    for _ in range(7):
        looked.watcher.look()
    assert next(whole) == 3


@pytest.mark.parametrize(("cost", "pause"), [(0.0, 0.05), (0.0001, 0.3), (0.0002, 0.6), (0.02, 4.0)])
def test_a_look_is_followed_by_three_thousand_times_its_cost(
    looked: Looked, monkeypatch: pytest.MonkeyPatch, cost: float, pause: float
) -> None:
    """At most four seconds: the token is software, which no hand pulls out; PC/SC tells nothing."""
    looked.cost(cost, monkeypatch)
    looked.watcher.look()
    assert looked.watcher.pause == pytest.approx(pause, rel=0.01)


def test_who_plugs_a_token_in_waits_for_a_second(
    looked: Looked, soft: SoftToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked.cost(0.02, monkeypatch)
    pull(soft)
    looked.watcher.look()
    assert looked.watcher.pause == 1.0


def test_a_token_that_a_hand_may_pull_is_missed_within_a_second(
    looked: Looked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key of the HID class: its slot is a device (CKF_HW_SLOT), which PC/SC does not know."""
    flags = looked.driver.lib.slot_flags
    monkeypatch.setattr(type(looked.driver.lib), "slot_flags", lambda _, slot: flags(slot) | PyKCS11.CKF_HW_SLOT)
    looked.cost(0.02, monkeypatch)
    looked.watcher.look()
    assert looked.watcher.pause == 1.0


def test_objects_in_another_order_are_the_same(looked: Looked) -> None:
    looked.watcher.look()
    (held,) = looked.read
    more = Contents(held.private, held.public, (*held.certificates, CertificateBytes(b"other", b"", b"")))
    turned = Contents(more.private[::-1], more.public[::-1], more.certificates[::-1])
    assert turned.unordered == more.unordered != held.unordered


@pytest.mark.parametrize("hurried", [False, True])
def test_a_kiosks_screens_have_a_core_until_there_is_something_to_read(hurried: bool) -> None:
    """What reads is imported beside the driver only where nothing else is done meanwhile."""
    asked, ask = os.pipe()
    os.close(ask)
    with os.fdopen(asked, "rb"):
        words = [sys.executable, "-c", SERVING, str(asked), "hurried" if hurried else ""]
        done = subprocess.run(words, pass_fds=(asked,), capture_output=True, check=True)
    assert done.stdout.split() == [str(hurried).encode()]


def test_the_other_process_reads_what_this_one_would(looked: Looked) -> None:
    (slot, *_) = looked.driver.slots()
    with opened(looked.driver, slot) as session:
        held = contents(session)
    (asked, ask), (told, tell) = os.pipe(), os.pipe()
    words = [sys.executable, "-c", f"from tui.token.host import reader; reader._serve({asked}, {tell}, hurried=False)"]
    with subprocess.Popen(words, pass_fds=(asked, tell)) as other:
        beside = Reader(other.pid, ask, told)
        assert beside.read(held) == read(held)
        beside.reap()
        os.kill(other.pid, 0)  # it lives
        other.kill()
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
        beside.reap()
        with pytest.raises(ProcessLookupError):
            os.kill(other.pid, 0)
    os.close(asked)
    os.close(tell)
    assert beside.read(held) == read(held)  # here, now that nobody else does
