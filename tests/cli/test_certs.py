"""`certs`: the inventory once, and as lines while tokens come and go, by the real command over SoftHSM2 tokens."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.harness.odd_certificates import key_usage, odd
from tests.harness.people import NOW, certificate, token
from tests.rig.softhsm import SoftToken, init_token, make_token, pull, put_back, put_certificate
from tui.cli.certs.held import which
from tui.cli.certs.listing import listed
from tui.cli.certs.watch import at_first, since
from tui.cli.certs.words import certificate_lines
from tui.core.certificate import Usage
from tui.core.failure import Failure, Reason
from tui.core.token import ModuleFault, Snapshot

PATIENCE = 30.0
"""Seconds after which a test gives up; nothing is asserted about times."""
ENCRYPTION = odd(extensions=key_usage(b"\x38"), signature="1.2.840.10045.4.3.2")


def test_a_renewed_certificate_is_listed_as_such() -> None:
    old, new = certificate("old"), certificate("new", 385, subject=certificate("old").subject)
    rows = listed(Snapshot((token(new, old),)), NOW)
    assert [(row.serial, row.state, row.reason) for row in rows] == [
        (new.serial, "valid", "too_early"),
        (old.serial, "renewed", "already_renewed"),
    ]


@pytest.fixture
def pair(tmp_path: Path) -> SoftToken:
    """A token with a signing and an encryption certificate."""
    made = make_token(tmp_path / "pair", key="ec256", label="双证")
    put_certificate(made, ENCRYPTION, key_id="02", label="加密")
    return made


def settings(place: Path, *tokens: SoftToken, more: str = "") -> Path:
    """kiosk.toml with a module for each token."""
    row = '[[token.modules]]\npath = "{}"\nenvironment = {{ SOFTHSM2_CONF = "{}/softhsm2.conf" }}\n'
    modules = "".join(row.format(each.module, each.directory) for each in tokens)
    path = place / "kiosk.toml"
    path.write_text(f'[desk]\nurl = "https://127.0.0.1:1"\n{modules}{more}[kiosk]\nlog = ""\n')
    return path


class Watch:
    """The lines of `certs --watch`."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        assert process.stdout is not None
        self.out = process.stdout
        self._rest = b""

    def line(self) -> Any:
        """The next line."""
        while b"\n" not in self._rest:
            assert select.select([self.out], [], [], PATIENCE)[0], "no line came"
            piece = os.read(self.out.fileno(), 65536)
            assert piece, "the watch ended"
            self._rest += piece
        line, self._rest = self._rest.split(b"\n", 1)
        return json.loads(line)

    def until(self, event: str) -> list[Any]:
        """The lines up to the first of this kind."""
        lines = [self.line()]
        while lines[-1]["event"] != event:
            lines.append(self.line())
        return lines

    def end(self) -> tuple[int, str]:
        """Exit code and standard error."""
        assert self.process.stderr is not None
        told = self.process.stderr.read().decode()
        return self.process.wait(PATIENCE), told


@contextlib.contextmanager
def watching(config: Path, *before: str, out: int = subprocess.PIPE) -> Iterator[subprocess.Popen[bytes]]:
    """The command, killed at the end if it still runs."""
    run = "import sys; from tui.cli.main import main; main(sys.argv[1:])"
    words = [sys.executable, "-c", "\n".join((*before, run)), "certs", "--watch", "--config", str(config)]
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE)
    with process:
        try:
            yield process
        finally:
            process.kill()


def test_every_token_and_certificate_of_all_modules_is_listed(tmp_path: Path, pair: SoftToken) -> None:
    empty = init_token(tmp_path / "empty", label="空")
    config = settings(tmp_path, pair, empty, more=f'[[token.modules]]\npath = "{tmp_path}/no.so"\n')
    words = [sys.executable, "-m", "tui", "certs", "--json", "--config", str(config)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    rows = json.loads(done.stdout)
    assert done.returncode == 0
    assert "E-121" in done.stderr
    told = {(row["token_label"], row["usage"], row["state"], row["reason"]) for row in rows}
    assert told == {
        ("双证", "signing", "renewable", ""),
        ("双证", "encryption", "not_for_signing", "no_signing_certificate"),
        ("空", "", "no_certificate", "certificate_hidden"),
    }
    encryption = next(row for row in rows if row["usage"] == "encryption")
    assert (encryption["label"], encryption["size"], encryption["key_id"]) == ("加密", len(ENCRYPTION), "02")


def test_plug_change_and_unplug_come_as_lines(tmp_path: Path, pair: SoftToken) -> None:
    other = make_token(tmp_path / "other", key="ec256", label="另一")
    config = settings(tmp_path, pair, other, more=f'[[token.modules]]\npath = "{tmp_path}/no.so"\n')
    with watching(config) as process:
        watch = Watch(process)
        first = watch.until("watching")
        while len(first) < 4:  # a driver that took its time to start
            first.append(watch.line())
        assert {line["token_label"] for line in first if line["event"] in ("present", "plugged")} == {"双证", "另一"}
        assert [line["reason"] for line in first if line["event"] == "fault"] == ["driver_missing"]
        for _ in range(2):
            pull(pair)
            gone = watch.line()
            put_back(pair)
            back = watch.line()
            assert (gone["event"], back["event"]) == ("unplugged", "plugged")
            assert gone["token_serial"] == back["token_serial"]
            assert {row["usage"] for row in back["certificates"]} == {"signing", "encryption"}
            assert datetime.fromisoformat(gone["time"]) <= datetime.fromisoformat(back["time"])
        put_certificate(other, odd(signature="1.2.840.10045.4.3.2"), key_id="07", label="新")
        changed = watch.until("changed")[-1]
        assert changed["token_label"] == "另一"
        assert "07" in {row["key_id"] for row in changed["certificates"]}
        process.send_signal(signal.SIGTERM)
        assert watch.end() == (0, "")


TELL_WRITING = """\
import sys
from tui.cli.certs import watch as arrivals
writable = arrivals._writable
async def told(out):
    print("writing", file=sys.stderr, flush=True)
    await writable(out)
arrivals._writable = told"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_watch_although_nobody_reads(tmp_path: Path, pair: SoftToken, number: signal.Signals) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writer, bytes(4096))
    os.set_blocking(writer, True)
    try:
        with watching(settings(tmp_path, pair), TELL_WRITING, out=writer) as process:
            assert process.stderr is not None
            assert process.stderr.readline() == b"writing\n"
            process.send_signal(number)
            assert process.wait(PATIENCE) == 0
    finally:
        os.close(reader)
        os.close(writer)


def test_the_watch_ends_when_its_reader_goes_and_loads_no_textual(tmp_path: Path, pair: SoftToken) -> None:
    at_exit = "import atexit, sys; atexit.register(lambda: print('textual' in sys.modules, file=sys.stderr))"
    with watching(settings(tmp_path, pair), at_exit) as process:
        watch = Watch(process)
        watch.until("watching")
        watch.out.close()
        assert watch.end() == (0, "False\n")


def test_what_happened_between_two_snapshots() -> None:
    one, two = token(certificate("a"), serial="S1"), token(certificate("b"), serial="S2")
    fault = ModuleFault("/lib/x.so", Failure(Reason.DRIVER_CRASHED))
    seen = Snapshot((one,), (fault,))
    assert [type(line).__name__ for line in at_first(seen, NOW)] == ["Fault", "Present", "Watching"]
    swapped = Snapshot((replace(two, slot=one.slot),))
    assert [type(line).__name__ for line in since(seen, swapped, NOW)] == ["Unplugged", "Recovered", "Plugged"]
    changed = Snapshot((replace(one, certificates=()),), (fault,))
    assert [type(line).__name__ for line in since(seen, changed, NOW)] == ["Changed"]
    assert list(since(seen, seen, NOW + timedelta(days=1))) == []


def test_bytes_that_are_no_certificate_have_no_dates() -> None:
    bad = certificate("bad", readable=False, label="旧", der=b"x" * 812, key_id="0a")
    (row,) = listed(Snapshot((token(bad),)), NOW)
    assert (row.state, row.not_before, row.not_after, row.days_left) == ("unreadable", None, None, None)
    assert (row.label, row.size, row.key_id, row.usage) == ("旧", 812, "0a", "")


def test_dates_that_cannot_be_read_are_said_to_be_so() -> None:
    odd = certificate("odd", dated=False, well_formed=False)
    (row,) = listed(Snapshot((token(odd),)), NOW)
    assert (row.state, row.not_before, row.not_after, row.days_left) == ("unsupported", None, None, None)
    assert (row.reason, row.subject, row.usage) == ("certificate_malformed", odd.subject, "any")
    told = "\n".join(certificate_lines(Snapshot((token(odd),)), NOW))
    assert odd.subject in told
    assert "    无法读取 — 无法读取  不支持在线续期" in told


def test_a_choice_tells_no_date_that_cannot_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    epoch = datetime.fromtimestamp(0, NOW.tzinfo)
    odd = certificate("odd", dated=False, well_formed=False, not_before=epoch, not_after=epoch)
    which(((token(odd), odd),))
    assert "odd  无法读取\n" in capsys.readouterr().err


def test_words_say_what_each_certificate_is_for() -> None:
    pair = token(
        certificate("sign", usage=Usage.SIGNING),
        certificate("enc", usage=Usage.ENCRYPTION),
        certificate("bad", readable=False, label="旧", der=b"x" * 812),
        fault="CKR_DEVICE_ERROR",
    )
    told = "\n".join(certificate_lines(Snapshot((pair, token())), NOW))
    faulty = "CKR_DEVICE_ERROR", "CA或其驱动报告故障。"
    for words in ("签名证书", "加密证书", "不单独续期", "旧", "812字节", *faulty, "CA中没有证书。"):
        assert words in told
