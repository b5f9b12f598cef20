"""The PIN in a file: its first line, and nothing that no person types."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread, get_ident

import pytest

from tui.kiosk.unattended.answers import again
from tui.process.pin_file import read_pin, refuse_open
from tui.process.tables import SettingsError


@pytest.mark.parametrize("content", [b"246810\n", b"246810", b"246810\r\nsecond line\n"])
def test_the_pin_is_the_first_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "pin"
    path.write_bytes(content)
    pin = read_pin(path)
    assert bytes(pin.reveal()) == b"246810"
    copy = again(pin)
    copy.wipe()
    assert bytes(pin.reveal()) == b"246810"


@pytest.mark.parametrize("mode", [0o644, 0o620, 0o604, 0o660])
def test_a_file_that_is_open_to_others_is_refused_by_its_name(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "answers.toml"
    path.write_text("")
    path.chmod(mode)
    with pytest.raises(SettingsError, match=rf"answers\.toml .*open to others \({mode:04o}\): chmod 6[04]0"):
        refuse_open(path)
    path.chmod(0o400)
    refuse_open(path)


@pytest.mark.parametrize("content", [b"", b"\n", b"1" * 300])
def test_a_file_without_pin(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pin").write_bytes(content)
    with pytest.raises(SettingsError, match="holds no PIN"):
        read_pin(tmp_path / "pin")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_pin(tmp_path / "gone")


def test_the_mark_of_windows_editors_is_no_part_of_the_pin(tmp_path: Path) -> None:
    (tmp_path / "pin").write_bytes(b"\xef\xbb\xbf246810\r\n")
    assert bytes(read_pin(tmp_path / "pin").reveal()) == b"246810"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("246810\n".encode("utf-16"), "is UTF-16: save it as UTF-8"),
        (b"\xfe\xff" + "246810\n".encode("utf-16-be"), "is UTF-16: save it as UTF-8"),
        ("246810\n".encode("utf-16-le"), "control characters"),
        (b"246\x00810\n", "control characters"),
        (b"246810\t\n", "control characters"),
        (b"\x1b[200~246810\n", "control characters"),
        (b"246810\x7f", "control characters"),
        ("２４６８１０\n".encode(), "no keyboard has"),
        (b"246810\xff\n", "no keyboard has"),
        (b"\xef\xbb\xbf", "holds no PIN"),
        (b"\xef\xbb\xbf\n246810", "holds no PIN"),
    ],
)
def test_what_no_person_types_is_no_pin(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "pin").write_bytes(content)
    with pytest.raises(SettingsError, match=said) as refused:
        read_pin(tmp_path / "pin")
    assert "246810" not in str(refused.value)


class Signalled(Exception):  # noqa: N818 - what happened
    """Its handler has run."""


@pytest.fixture
def handled() -> Iterator[None]:
    """A signal that the main thread lets another one take, so that no system call of its own is interrupted."""

    def raise_it(*_: object) -> None:
        raise Signalled

    before = signal.signal(signal.SIGUSR1, raise_it)
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    yield
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    signal.signal(signal.SIGUSR1, before)


@pytest.mark.usefixtures("handled")
def test_a_pipe_is_waited_for_and_a_signal_heard_that_interrupts_no_system_call(tmp_path: Path) -> None:
    path, over, too_late = tmp_path / "pin", Event(), Event()
    os.mkfifo(path, 0o600)

    def signal_while_it_waits() -> None:
        with path.open("wb", buffering=0) as pipe:  # which waits for who reads
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
            signal.pthread_kill(get_ident(), signal.SIGUSR1)
            if not over.wait(10):
                too_late.set()
                pipe.write(b"246810\n")

    worker = Thread(target=signal_while_it_waits)
    worker.start()
    with pytest.raises(Signalled):
        read_pin(path)
    over.set()
    worker.join()
    assert not too_late.is_set()


def test_a_pipe_gives_its_pin_when_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "pin"
    os.mkfifo(path, 0o600)
    worker = Thread(target=lambda: path.write_bytes(b"246810\n"))
    worker.start()
    assert bytes(read_pin(path).reveal()) == b"246810"
    worker.join()
