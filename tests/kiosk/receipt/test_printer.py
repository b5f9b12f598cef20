"""Receipts on a printer that is a socket: what arrives is read as a Chinese printer reads it."""

import os
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from tests.harness.people import ATTEMPT, INVOICE, NOW, OLD, application, certificate, state
from tests.harness.spacing import BLANK, NAMES
from tui.core.order import ApplicationStatus, PaymentStatus
from tui.core.receipt import OutletRefused, OutletTrouble
from tui.core.token import Installation
from tui.journey.state import State, Step
from tui.kiosk.matrix import modules
from tui.kiosk.receipt import printer as printing
from tui.kiosk.receipt.folder import Folder
from tui.kiosk.receipt.outlet import deliver
from tui.kiosk.receipt.printer import Printer
from tui.kiosk.receipt.receipt import compact_receipt_of, masked_holder, receipt_of
from tui.kiosk.receipt.settings import ReceiptSettings, read_receipt
from tui.kiosk.text import use_language
from tui.process.tables import SettingsError, Table

PAPER, NONE = b"\x12", b"\x72"
"""Answers to DLE EOT 4: the sensor sees paper, or none."""
ASKS_FOR_PAPER = b"\x10\x04\x04"


class Paper:
    """A printer on loopback: answers the paper's sensor, or nothing, and keeps what it is sent."""

    def __init__(self, sensor: bytes) -> None:
        self.sensor, self.sent = sensor, b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        peer, _ = self._listener.accept()
        with peer:
            while received := peer.recv(4096):
                if received.endswith(ASKS_FOR_PAPER):
                    received = received.removesuffix(ASKS_FOR_PAPER)
                    peer.sendall(self.sensor)
                self.sent += received

    def close(self) -> None:
        """Nobody prints any more."""
        self._thread.join(10)
        self._listener.close()

    def lines(self) -> list[str]:
        """What stands on the paper: without the orders, in GB 18030."""
        begun, feed = self.sent.index(b"\x1c\x26") + 2, self.sent.index(b"\x1b", self.sent.index(b"\x1c\x26"))
        return self.sent[begun:feed].decode("gb18030").splitlines()


@contextmanager
def paper(sensor: bytes = PAPER) -> Iterator[Paper]:
    found = Paper(sensor)
    try:
        yield found
    finally:
        found.close()


def settings(text: str) -> ReceiptSettings:
    table = Table(Path("kiosk.toml"), "receipt.", tomllib.loads(text))
    found = read_receipt(table)
    table.refuse_rest()
    return found


def printer(address: str, more: str = "") -> Printer:
    found = settings(f'printer = "{address}"\n{more}').printer
    assert found is not None
    return Printer(found)


@pytest.mark.parametrize("named", ["/var/spool/receipts", "receipts", "~nobody-of-this-name/receipts"])
def test_the_folder_is_named_as_any_path_of_the_settings(named: str) -> None:
    assert settings(f'folder = "{named}"').folder == Path(named)


def done() -> State:
    new = certificate("new", days_left=385, serial="aabb01", common_name="深圳市示例供应商有限公司")
    paid = application(ApplicationStatus.INSTALLED, payment_status=PaymentStatus.PAID, invoice=INVOICE, attempt=ATTEMPT)
    return state(Step.DONE, application=paid, installation=Installation(OLD, new, b""))


def test_the_receipt_names_all_and_nobody() -> None:
    text = "\n".join(receipt_of(done()))
    for words in (
        "深圳********公司",
        "AABB01",
        "B1",
        "D1",
        "¥ 200.00",
        "支付宝",
        "北京时间",
        "020-89524338",
        "2027年12月13日",
    ):
        assert words in text
    for personal in ("示例供应商", "张三", "李四", "13800138000", "11010519491231002X", "example.cn", "体育西路"):
        assert personal not in text


def test_the_receipt_has_the_spacing_of_the_screens() -> None:
    assert [line for line in receipt_of(done()) if BLANK.search(NAMES.sub("", line))] == []


def test_the_receipt_is_english_too() -> None:
    use_language("en")
    try:
        text = "\n".join(receipt_of(done()))
    finally:
        use_language("zh")
    assert "NETCA certificate renewal: receipt" in text
    assert "(Beijing time)" in text


def test_the_numbers_alone_are_those_of_the_receipt() -> None:
    shown = done()
    assert shown.application is not None
    assert shown.application.order is not None
    paid = replace(
        shown.application,
        order=replace(shown.application.order, total_fen=20005),
        installed_at=NOW + timedelta(hours=1),
    )
    assert compact_receipt_of(replace(shown, application=paid)) == (
        "NETCA / B1 / D1 / CNY 200.05 / ALIPAY / SN AABB01 / TO 2027-12-13 / 2026-11-23 13:00 / TEL 020-89524338"
    )
    assert compact_receipt_of(State()) == "NETCA"


@pytest.mark.parametrize(
    ("name", "told"),
    [("某", "*"), ("张三", "张*"), ("欧阳明", "欧*明"), ("欧阳明月", "欧**月"), ("某某供应商", "某某*应商")],
)
def test_a_holder_knows_the_name_and_nobody_else_does(name: str, told: str) -> None:
    assert masked_holder(name) == told


def test_the_numbers_fit_a_code_in_80x24() -> None:
    long = certificate("new", days_left=385, serial="c4c6f91a0ae3af150f2177016712e52b9e00e8f1")
    shown = done()
    assert shown.application is not None
    number = "YW2026112915230122170376"
    assert shown.application.order is not None
    order = replace(shown.application.order, order_no="DD2026112915230852875128")
    paid = replace(shown.application, business_no=number, order=order)
    text = compact_receipt_of(replace(shown, application=paid, installation=Installation(OLD, long, b"")))
    assert number in text
    assert (len(modules(text, sturdy=False)) + 4 + 1) // 2 <= 23


@pytest.mark.parametrize("columns", [32, 48])
def test_what_is_printed_is_the_receipt(columns: int) -> None:
    lines = receipt_of(done())
    with paper() as roll:
        printer(roll.address, f"columns = {columns}").put(lines)
    printed = roll.lines()
    assert "".join(printed).replace(" ", "") == "".join(lines).replace(" ", "").replace("¥", "￥")
    assert all(len(line.encode("gb18030")) <= columns for line in printed)
    assert roll.sent.startswith(b"\x1b@")
    assert b"\x1dV" in roll.sent


def test_without_a_knife_it_is_fed() -> None:
    with paper() as roll:
        printer(roll.address, "cut = false").put(("收据",))
    assert b"\x1dV" not in roll.sent


def test_no_paper_is_told_and_nothing_is_sent() -> None:
    with paper(NONE) as roll:
        told = deliver(printer(roll.address), receipt_of(done()))
    assert "缺纸" in told
    assert "续期已经完成" in told
    assert roll.sent == b""


def test_a_printer_that_answers_nothing_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "PATIENCE", 0.2)
    with paper(b"") as roll:
        printer(roll.address).put(("收据",))
    assert roll.lines() == ["收据"]


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # the library leaves its socket to Python
@pytest.mark.parametrize("place", ["tcp://127.0.0.1:1", "file:///nowhere/lp0", "serial:///nowhere/tty"])
def test_a_printer_that_is_away_is_told(place: str) -> None:
    with pytest.raises(OutletRefused) as refused:
        printer(place).put(("收据",))
    assert refused.value.trouble is OutletTrouble.AWAY
    assert "没有响应" in deliver(printer(place), ("收据",))


def test_a_printer_that_never_ends_holds_nobody_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(printing, "LONGEST", 0.2)
    os.mkfifo(tmp_path / "lp0")  # opens when somebody reads it
    with pytest.raises(OutletRefused) as refused:
        printer(f"file://{tmp_path}/lp0").put(("收据",))
    assert refused.value.trouble is OutletTrouble.AWAY
    os.close(os.open(tmp_path / "lp0", os.O_RDONLY | os.O_NONBLOCK))


def test_a_device_file_is_written(tmp_path: Path) -> None:
    device = tmp_path / "lp0"
    device.touch()
    printer(f"file://{device}").put(("收据",))
    assert "收据".encode("gb18030") in device.read_bytes()


def test_a_program_that_printed_leaves_nothing_among_the_temporary_files(tmp_path: Path) -> None:
    device, temporary = tmp_path / "lp0", tmp_path / "tmp"
    device.touch()
    temporary.mkdir()
    run = "import sys; from tests.kiosk.receipt.test_printer import printer; printer(sys.argv[1]).put(('receipt',))"
    words = [sys.executable, "-c", run, f"file://{device}"]
    subprocess.run(words, check=True, env={**os.environ, "TMPDIR": str(temporary)})
    assert device.read_bytes()
    assert list(temporary.iterdir()) == []


def test_without_the_library_staff_are_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "escpos.exceptions", None)
    with pytest.raises(OutletRefused, match="printer") as refused:
        printer("tcp://127.0.0.1:1").put(("收据",))
    assert refused.value.trouble is OutletTrouble.UNFIT


def test_the_spool_gets_a_file_of_its_owner_alone(tmp_path: Path) -> None:
    assert "已保存" in deliver(Folder(tmp_path), receipt_of(done()))
    [file] = tmp_path.iterdir()
    assert file.read_text(encoding="utf-8").splitlines() == list(receipt_of(done()))
    assert file.stat().st_mode & 0o777 == 0o600
    assert "B1" not in file.name


def test_a_spool_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    assert "文件夹不能写入" in deliver(Folder(tmp_path / "missing"), ("收据",))


@pytest.mark.parametrize(
    "wrong",
    [
        'printer = "lpt1"',
        'printer = "tcp://"',
        'printer = "tcp://["',
        'printer = "tcp://[::1"',
        'printer = "tcp://host:port"',
        'printer = "usb://zz:1"',
        'printer = "usb://-1:-1"',
        'printer = "usb://04b8:10e15"',
        'printer = "serial:///dev/ttyS0?baud=0"',
        'printer = "serial:///dev/ttyS0?baud=٩٦٠٠"',
        'printer = "serial:///dev/ttyS0?parity=odd"',
        'printer = "file://lp0"',
        'encoding = "ascii"',
        "columns = 200",
        "paper = 1",
    ],
)
def test_settings_that_fit_nothing_are_refused(wrong: str) -> None:
    with pytest.raises(SettingsError, match=r"receipt\."):
        settings(wrong)


@pytest.mark.parametrize("place", ["tcp://printer.local", "usb://04b8:0e15", "serial:///dev/ttyUSB0?baud=19200"])
def test_places_of_printers(place: str) -> None:
    found = settings(f'printer = "{place}"').printer
    assert found is not None
    assert place.startswith(f"{found.place.scheme}://")
    assert found.place.netloc + found.place.path in place
