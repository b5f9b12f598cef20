"""The page that stands while the program is imported: drawn at once, gone with the first frame, else given back."""

import os
import pty
import signal
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.kiosk.emulator import Emulator
from tests.harness.kiosk.program import Program
from tui.kiosk.terminal.launch_page import IN_ENGLISH, LaunchPage
from tui.kiosk.terminal.modes import ENTER, LEAVE
from tui.kiosk.text import use_language

_START = """
from sys import argv
from tui.cli import kiosk
from tui.cli.main import main
from tui.process.tables import SettingsError
from tui.token.launch import HeadStart
gate, words = argv[1], argv[2:]
def head_start(modules):
    with open(gate) as told:
        match told.read():
            case "": return HeadStart()
            case "wrong": raise SettingsError("kiosk.toml", "", "不行", "is wrong")
            case "broken": raise ZeroDivisionError
def by_lines(settings):
    print("LINES")
    return 0
kiosk.head_start, kiosk.by_lines = head_start, by_lines
main(words)
"""


class Start(Program):
    """`ca-kiosk`, which waits with its page until it is told to go on."""

    def __init__(self, folder: Path, *words: str, **environment: str) -> None:
        self._gate, config = folder / "gate", folder / "kiosk.toml"
        os.mkfifo(self._gate)
        config.write_text('[desk]\nurl = "https://127.0.0.1:9"\n[kiosk]\nlog = ""\n')
        start = ("-c", _START, str(self._gate), *words, "--config", str(config))
        super().__init__(words=start, environment={"LANG": "C.UTF-8", **environment})
        self.all = b""

    def tell(self, word: str) -> None:
        """How the start goes on."""
        self._gate.write_text(word)

    def read(self, seconds: float) -> None:
        """Keep what all of it was."""
        before = len(self.output)
        super().read(seconds)
        self.all += self.output[before:]

    @property
    def given_back(self) -> bool:
        """The terminal is as it was found."""
        return termios.tcgetattr(self.slave)[:4] == self.found[:4]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started = Start(tmp_path)
    yield started
    started.close()


def lines(text: str) -> list[str]:
    """Those in which something stands, without the blanks around it."""
    return [line.strip() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize(
    ("language", "environment", "shown"),
    [
        ("zh", {"LANG": "zh_CN.UTF-8"}, ["网证通数字证书续期", "正在启动，请稍候。", IN_ENGLISH]),
        ("zh", {}, ["网证通数字证书续期", "正在启动，请稍候。", IN_ENGLISH]),
        ("zh", {"LANG": "zh_CN.GB18030"}, [IN_ENGLISH]),
        ("en", {"LC_ALL": "en_GB.utf8"}, ["NETCA Certificate Renewal", IN_ENGLISH]),
    ],
)
def test_it_is_in_the_language_that_is_spoken_as_far_as_the_charset_goes(
    language: str, environment: dict[str, str], shown: list[str]
) -> None:
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 80))
    found = termios.tcgetattr(slave)
    use_language(language)
    page = LaunchPage(slave).show(environment)
    try:
        terminal = Emulator()
        terminal.read(os.read(master, 4096))
        assert lines(terminal.text) == shown
        for line in terminal.text.splitlines()[1:]:
            assert abs(len(line) - len(line.lstrip()) - (len(line) - len(line.rstrip()))) <= 1, line
        assert not termios.tcgetattr(slave)[3] & termios.ECHO
    finally:
        page.close()
        use_language("zh")
        closing = os.read(master, 4096).decode()
        attributes = termios.tcgetattr(slave)
        os.close(master)
        os.close(slave)
    assert closing == LEAVE
    assert attributes == found


def test_it_stands_where_the_first_screen_has_its_title_and_goes_with_the_first_frame(start: Start) -> None:
    start.read_until(IN_ENGLISH)
    page = Emulator()
    page.read(start.all)
    start.send(b"\rwho types ahead\r")
    start.tell("")
    start.read_until("开始办理")
    painted = Emulator()
    painted.read(start.all)
    assert painted.text.splitlines()[0][:12] == page.text.splitlines()[0][:12]
    assert "启动" not in painted.text
    assert b"who" not in start.all
    assert start.all.count(ENTER.encode()) == 1
    start.process.send_signal(signal.SIGTERM)
    assert start.end() == 143
    assert start.given_back


@pytest.mark.parametrize(("word", "code", "said"), [("wrong", 2, "不行"), ("broken", 70, "ZeroDivisionError")])
def test_a_start_that_fails_gives_the_terminal_back_before_it_says_why(
    start: Start, word: str, code: int, said: str
) -> None:
    start.read_until(IN_ENGLISH)
    start.tell(word)
    assert start.end() == code
    assert said in start.all.decode().partition(LEAVE)[2]
    assert start.given_back


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_a_signal_that_comes_meanwhile_gives_it_back_too(start: Start, number: signal.Signals, code: int) -> None:
    start.read_until(IN_ENGLISH)
    start.process.send_signal(number)
    assert start.end() == code
    assert start.all.endswith(LEAVE.encode())
    assert start.given_back


@pytest.mark.parametrize(("words", "environment"), [(("--linear",), {}), ((), {"TERM": "dumb"})])
def test_no_page_where_there_is_no_full_screen(
    words: tuple[str, ...], environment: dict[str, str], tmp_path: Path
) -> None:
    start = Start(tmp_path, *words, **environment)
    try:
        assert start.end() == 0
        assert start.all.split() == [b"LINES"]
    finally:
        start.close()


def test_a_terminal_that_nobody_reads_is_not_waited_for() -> None:
    master, slave = pty.openpty()
    termios.tcflow(slave, termios.TCOOFF)
    page = LaunchPage(slave).show({})
    assert page.before is None
    os.close(master)
    os.close(slave)
