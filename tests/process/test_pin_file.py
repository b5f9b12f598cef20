"""The PIN in a file: its first line, and nothing that no person types."""

from pathlib import Path

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
        (b"\xef\xbb\xbf", "holds no PIN"),
        (b"\xef\xbb\xbf\n246810", "holds no PIN"),
    ],
)
def test_what_no_person_types_is_no_pin(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "pin").write_bytes(content)
    with pytest.raises(SettingsError, match=said) as refused:
        read_pin(tmp_path / "pin")
    assert "246810" not in str(refused.value)
