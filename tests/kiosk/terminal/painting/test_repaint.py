"""What somebody else has written over the screen is painted over; what is right is not written again."""

import signal
from collections.abc import Callable
from time import monotonic

from tests.harness.kiosk.emulator import Emulator
from tests.harness.kiosk.program import PATIENCE, Program


def test_the_screen_comes_back_by_focus_resize_continue_and_function_key() -> None:
    program, terminal = Program(), Emulator()
    process = program.process
    try:
        _read(program, terminal, lambda: _stands("还有20天到期", terminal))
        meant = terminal.cells()[1:]  # below the clock
        ways: tuple[Callable[[], None], ...] = (
            lambda: program.send(b"\x1b[I"),
            lambda: process.send_signal(signal.SIGWINCH),
            lambda: process.send_signal(signal.SIGCONT),
        )
        for come_back in ways:
            terminal.litter()
            come_back()
            assert _read(program, terminal, lambda: terminal.cells()[1:] == meant) < 4_000
        terminal.litter()
        program.send(b"\x1bOP")
        _read(program, terminal, lambda: _stands("请将CA插入USB接口。", terminal) and "#" not in terminal.text)
    finally:
        program.close()


def _stands(text: str, terminal: Emulator) -> bool:
    return text in terminal.text.replace(" ", "")


def _read(program: Program, terminal: Emulator, there: Callable[[], bool]) -> int:
    """Read until it is `there`; how many bytes that took."""
    until, count = monotonic() + PATIENCE, 0
    while not there():
        assert monotonic() < until, terminal.text
        program.output = b""
        program.read(0.2)
        terminal.read(program.output)
        count += len(program.output)
    return count
