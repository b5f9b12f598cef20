"""How phones read the QR screen on a Linux console: `python -m tests.bench.console [--vt N] [--keep DIR] [FONT ...]`.

The program runs with TERM=linux at 80x24; its picture is drawn in each console font (PSF, gzipped; apt:
console-setup-linux, /usr/share/consolefonts), by default with as much of the kernel's VGA font as a code needs and,
once more, without the half block. With --vt the program runs on the kernel's own console N (as root; nobody else may
use it), which then says which glyphs it has; the kernel's memory of its screen is drawn. Prints who reads the clean
picture, and the success rates of imitated photographs (tests/bench/camera.py).
"""

import argparse
import fcntl
import os
import struct
import subprocess
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import cv2

from tests.bench.camera import STRENGTHS
from tests.bench.qr import ALIPAY, UNIONPAY, Case, rates
from tests.bench.terminals import ROOT, XTERM, qr_screen
from tests.rig.console import PATIENCE, SIZE, STILL, login, on_pty
from tests.rig.readers import READERS
from tests.rig.vga import VGA, WITHOUT, Cell, Font, picture, read_font


def on_vt(number: int, words: list[str], ready: Path) -> list[list[Cell]]:
    """The kernel's memory of console `number` (vcs(4)) once the program on it has made the file `ready`.

    :raises OSError: the console cannot be had.
    :raises TimeoutError: the file was never made.
    """
    with _console(number) as console:
        program = subprocess.Popen(
            ["setsid", "--ctty", *words], stdin=console, stdout=console, stderr=console, cwd=ROOT, env=login()
        )
        try:
            end = monotonic() + PATIENCE
            while not ready.exists():
                if monotonic() > end:
                    raise TimeoutError("the program did not come up")
                sleep(STILL)
            sleep(STILL)
            return list(_remembered(number))
        finally:
            program.terminate()
            program.wait()


@contextmanager
def _console(number: int) -> Iterator[int]:
    """The console, as large as the window of the other measurements for as long as it is ours."""
    found = _resize(number, struct.pack("4H", SIZE[1], SIZE[0], 0, 0))
    console = _open(number)
    try:
        yield console
    finally:
        os.close(console)  # of no more use: the program was its session's leader, and has hung it up
        _resize(number, found)


def _open(number: int) -> int:
    return os.open(f"/dev/tty{number}", os.O_RDWR | os.O_NOCTTY)


def _resize(number: int, size: bytes) -> bytes:
    """The size that it had."""
    console = _open(number)
    try:
        before = fcntl.ioctl(console, termios.TIOCGWINSZ, bytes(8))
        fcntl.ioctl(console, termios.TIOCSWINSZ, size)
        return before
    finally:
        os.close(console)


def _remembered(number: int) -> Iterator[list[Cell]]:
    """Characters from vcsu, colours from vcsa: its attributes hold ground and ink in four bits each."""
    attributes = Path(f"/dev/vcsa{number}").read_bytes()
    rows, columns = attributes[:2]
    characters = struct.unpack(f"{rows * columns}I", Path(f"/dev/vcsu{number}").read_bytes()[: 4 * rows * columns])
    for row in range(rows):
        at = range(row * columns, (row + 1) * columns)
        yield [_cell(characters[place], attributes[4 + 2 * place + 1]) for place in at]


def _cell(character: int, attribute: int) -> Cell:
    """The second column of a wide character is U+200B."""
    return Cell(" " if character == 0x200B else chr(character), _ansi(attribute & 15), _ansi(attribute >> 4 & 7))


def _ansi(colour: int) -> int:
    """VGA counts blue as 1 and red as 4."""
    return colour & 0b1010 | (colour & 1) << 2 | colour >> 2 & 1


def run(fonts: dict[str, Font], vt: int | None, count: int, keep: Path | None) -> None:
    """Print one row a font and code."""
    names = "/".join(READERS)
    heads = ("font", "code", "form", f"clean {names}", *(f"{strength.name} %" for strength in STRENGTHS))
    print("|", " | ".join(heads), "|\n|" + "---|" * len(heads))
    for code, payload in (("Alipay", ALIPAY), ("UnionPay", UNIONPAY)):
        with TemporaryDirectory() as folder:
            ready = Path(folder, "ready")
            words = qr_screen(payload, ready, "auto")
            rows = on_pty(words, ready, ROOT) if vt is None else on_vt(vt, words, ready)
            form = ready.read_text()
        for name, font in fonts.items():
            seen = picture(rows, font)
            if keep is not None:
                cv2.imwrite(str(keep / f"console {code} {name}.png"), seen)
            print("|", " | ".join((name, code, form, *rates(Case(name, XTERM, payload=payload), seen, count))), "|")


def main() -> None:
    """Measure."""
    line = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    line.add_argument("fonts", nargs="*", type=Path, metavar="FONT")
    line.add_argument("--vt", type=int, metavar="N", help="the kernel's console to run on")
    line.add_argument("--photographs", type=int, default=16, metavar="N", help="of each strength")
    line.add_argument("--keep", type=Path, metavar="DIR", help="keep the pictures here")
    asked = line.parse_args()
    if asked.keep is not None:
        asked.keep.mkdir(parents=True, exist_ok=True)
    drawn = {font.name.partition(".")[0]: read_font(font) for font in asked.fonts}
    run(drawn or {"VGA": VGA, "without half blocks": WITHOUT}, asked.vt, asked.photographs, asked.keep)


if __name__ == "__main__":
    main()
