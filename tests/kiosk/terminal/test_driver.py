"""The driver in a real pty: hostile bytes, signals, a terminal that goes away or stops reading."""

import os
import pty
import signal
import subprocess
import termios
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle
from time import monotonic

import pytest
from textual import events

from tests.harness.kiosk.emulator import Emulator
from tests.harness.kiosk.program import PATIENCE, Program
from tui.kiosk.terminal.driver import Output
from tui.kiosk.terminal.keyboard import Input
from tui.kiosk.terminal.modes import RESET
from tui.kiosk.terminal.tty import Before, unfit


@pytest.fixture
def program() -> Iterator[Program]:
    started = Program()
    yield started
    started.close()


def restored(program: Program) -> bool:
    """Whether modes and termios are as they were found."""
    modes = (b"1049", b"1000", b"1003", b"1006", b"2004", b"1004")
    off = all(program.output.rfind(b"?" + mode + b"l") > program.output.rfind(b"?" + mode + b"h") for mode in modes)
    shown = program.output.rfind(b"?25h") > program.output.rfind(b"?25l")
    return off and shown and termios.tcgetattr(program.slave)[:4] == program.found[:4]


def test_hostile_bytes_do_not_end_it_and_sigterm_restores_the_terminal(program: Program) -> None:
    program.read_until("还有20天到期")
    for data in (
        "中文".encode("gbk") + b"\xff\xfe\xc3(",
        b"\x1b[99999999u\x1b[1;1;1;1;1~\x1b[<999999;99999;99999M\x1b[48;0;0;0;0t\x1b]11;rgb:zz\x07\x1bP\x1b\\",
        b"\x03\x11\x1a\x1c\x04\x1b[O",
    ):
        program.send(data)
    program.send(b"\x1bOP")
    program.read_until("插入USB接口。")
    program.process.send_signal(signal.SIGTERM)
    assert program.end() == 143
    assert restored(program)
    assert b"Traceback" not in program.output


@pytest.mark.parametrize(("number", "code"), [(signal.SIGHUP, 129), (signal.SIGQUIT, 131), (signal.SIGINT, 130)])
def test_signals_end_it_in_order(program: Program, number: signal.Signals, code: int) -> None:
    program.read_until("还有20天到期")
    program.process.send_signal(number)
    assert program.end() == code
    assert restored(program)


def test_a_signal_ends_the_walk_of_a_pilot_too() -> None:
    program = Program(words=("-m", "tests.harness.kiosk.terminal_program", "120", "120", "piloted"))
    try:
        program.read_until("还有20天到期")
        program.process.send_signal(signal.SIGTERM)
        assert program.end() == 143
        assert restored(program)
    finally:
        program.close()


def test_where_there_is_no_alternate_screen_nothing_of_the_page_stays(program: Program) -> None:
    console = Emulator()  # which has none
    program.read_until("还有20天到期")
    console.read(program.output)
    assert "还有20天到期" in console.text
    program.output = b""
    program.process.send_signal(signal.SIGTERM)
    program.end()
    console.read(program.output)
    assert not console.text.strip()


def test_a_terminal_that_goes_away_ends_it(program: Program) -> None:
    program.read_until("还有20天到期")
    os.close(program.slave)
    os.close(program.master)
    assert program.process.wait(PATIENCE) == 129


def test_a_stop_and_continue_repaints(program: Program) -> None:
    program.read_until("还有20天到期")
    program.process.send_signal(signal.SIGTSTP)
    program.process.send_signal(signal.SIGCONT)
    program.read_until("还有20天到期")


def freeze(program: Program) -> None:
    """Stop reading at the sign-in, and wait until the program has ended for that."""
    program.read_until("还有20天到期")
    program.send(b"\r")
    program.read_until("登录财智云")
    program.stop_reading()
    until, keys = monotonic() + PATIENCE * 2, cycle(b"x" * 20 + b"\x7f" * 20)
    while program.process.poll() is None:
        assert monotonic() < until
        program.send(bytes((next(keys),)))  # some dozen paintings freeze the event loop
        with suppress(subprocess.TimeoutExpired):
            program.process.wait(0.05)


def test_a_terminal_that_stops_reading_ends_a_signed_in_journey() -> None:
    program = Program(patience=3)  # its person may be slow on a laden machine, its event loop may not
    try:
        freeze(program)
        assert program.process.returncode == 75
        assert termios.tcgetattr(program.slave)[:4] == program.found[:4]
    finally:
        program.close()


@pytest.mark.parametrize("frozen", [False, True], ids=["in order", "frozen"])
def test_a_continue_while_it_ends_takes_the_terminal_not_once_more(frozen: bool) -> None:
    program = Program(words=("-m", "tests.harness.kiosk.continued_program", "120", "3" if frozen else "120"))
    try:
        if frozen:
            freeze(program)
        else:
            program.read_until("还有20天到期")
            program.process.send_signal(signal.SIGTERM)
            program.end()
            assert restored(program)
        assert program.process.returncode == (75 if frozen else 143)
        assert termios.tcgetattr(program.slave)[:4] == program.found[:4]
    finally:
        program.close()


@pytest.mark.parametrize("broken", [b"\x1b[99999999u", b"\x1b[1;99999999999999999999u", b"\x1b[<0;0;0M"])
def test_the_next_key_after_a_broken_sequence_is_read(broken: bytes) -> None:
    source = Input()
    assert [m.key for m in source.feed(broken + b"a") if isinstance(m, events.Key)][-1:] == ["a"]


def test_an_unfinished_paste_is_given_up() -> None:
    source = Input()
    assert source.feed(b"\x1b[200~1234") == []
    assert source.patience is not None
    source.tick()
    assert [m.key for m in source.feed(b"a") if isinstance(m, events.Key)] == ["a"]


def test_output_is_utf8_and_survives_a_terminal_that_is_gone() -> None:
    reader, writer = os.pipe()
    output = Output(writer)
    output.write("续期\ud800")
    assert os.read(reader, 64) == "续期?".encode()
    os.close(reader)
    output.write("x")
    output.write("y")
    os.close(writer)


def test_the_terminal_is_put_back_without_blocking() -> None:
    master, slave = pty.openpty()
    before = Before.look(slave)
    assert before is not None
    changed = termios.tcgetattr(slave)
    changed[3] &= ~termios.ECHO
    termios.tcsetattr(slave, termios.TCSANOW, changed)
    os.set_blocking(slave, False)
    with suppress(BlockingIOError):
        while os.write(slave, b"x" * 4096):
            pass
    before.put_back()
    assert termios.tcgetattr(slave)[3] & termios.ECHO
    os.close(slave)
    os.close(master)


def test_no_terminal_is_refused_before_textual_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "isatty", lambda fd: fd == 0)
    assert "终端" in (unfit({"TERM": "xterm"}) or "")
    monkeypatch.setattr(os, "isatty", lambda fd: True)
    assert "dumb" in (unfit({"TERM": "dumb"}) or "")
    assert unfit({"TERM": "xterm"}) is None
    assert RESET.endswith("\x1b[?25h")
