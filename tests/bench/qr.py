"""How well phones read the QR screen: `python -m tests.bench.qr [--photographs N] [--keep DIR] [TERMINAL ...]`.

The program's QR screen stands in real terminals; three readers read the terminal's picture, and imitated photographs of
it at three strengths (tests/bench/camera.py). Prints success rates as a table in Markdown; takes about four minutes.

Needs Xvfb (apt: xvfb), zbarimg (zbar-tools), fonts-dejavu-core and a font with Chinese (fonts-wqy-zenhei), and the
terminals: xterm, urxvt (rxvt-unicode), st (stterm), kitty with libgl1-mesa-dri, foot with weston; and tmux.
What is not installed is skipped and named.
"""

import argparse
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
import zxingcpp

from tests.bench.camera import STRENGTHS, Floats, photograph
from tests.bench.terminals import FOOT, KITTY, ST, URXVT, XTERM, Look, Terminal, capture, qr_screen
from tests.rig.readers import READERS, Picture
from tui.kiosk.matrix import modules

ALIPAY = "https://qr.alipay.com/bax03431ljhokirwl38f00a7"
UNIONPAY = "https://qr.95516.com/00010000/01116734936470044423094034227630"
LARGE = Look(120, 40, points=9)


@dataclass(frozen=True, slots=True)
class Case:
    """One terminal that shows one code."""

    name: str
    terminal: Terminal
    look: Look = Look()  # noqa: RUF009 - frozen
    payload: str = ALIPAY
    environment: dict[str, str] = field(default_factory=dict)
    tmux: bool = False
    drawing: str = "auto"

    @property
    def missing(self) -> str:
        """What is not installed; empty when it can run."""
        tmux = "" if not self.tmux or shutil.which("tmux") else "tmux"
        return ", ".join(filter(None, (self.terminal.missing, tmux)))


def cases() -> Iterator[Case]:
    """All cases, terminal by terminal."""
    for terminal in (XTERM, URXVT, ST, KITTY, FOOT):
        yield Case("dark", terminal)
        if terminal.both_grounds:
            yield Case("light", terminal, Look(light=True))
        yield Case("dark, tmux", terminal, tmux=True)
        yield Case("dark", terminal, LARGE)
    yield Case("light, tmux", XTERM, Look(light=True), tmux=True)
    yield Case("dark, UnionPay", XTERM, payload=UNIONPAY)
    yield Case("dark, UnionPay", XTERM, LARGE, payload=UNIONPAY)
    yield Case("dark, 256 colours", XTERM, environment={"COLORTERM": ""})
    yield Case("dark, 16 colours", XTERM, environment={"TERM": "xterm", "COLORTERM": ""})
    yield Case("dark, NO_COLOR", XTERM, environment={"NO_COLOR": "1"})
    yield Case("dark, TERM=linux", XTERM, LARGE, environment={"TERM": "linux", "COLORTERM": ""})
    yield Case("dark, WenQuanYi", XTERM, Look(font="WenQuanYi Zen Hei Mono"))
    yield Case("dark, WenQuanYi", XTERM, Look(120, 40, font="WenQuanYi Zen Hei Mono", points=9), drawing="wide")


def corners_of(screen: Picture, payload: str) -> Floats | None:
    """Corners of the code in a clean picture, clockwise from the top left; only to aim the camera."""
    for scale in (1, 2, 3):
        enlarged = cv2.resize(screen, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST)
        for code in zxingcpp.read_barcodes(np.asarray(enlarged, np.uint8)):
            if code.text == payload:
                at = code.position
                corners = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
                return np.array([[corner.x / scale, corner.y / scale] for corner in corners])
    return None


def rates(case: Case, screen: Picture, count: int) -> list[str]:
    """The row's cells: who reads the clean picture, and per strength the percentages of the readers in order."""
    clean = ["x" if read([screen])[0] == case.payload else "-" for read in READERS.values()]
    corners = corners_of(screen, case.payload)
    if corners is None:
        return ["/".join(clean), *("not found" for _ in STRENGTHS)]
    side = len(modules(case.payload))
    cells = []
    for strength in STRENGTHS:
        pictures = [photograph(screen, corners, side, strength, seed) for seed in range(count)]
        right = [sum(text == case.payload for text in read(pictures)) for read in READERS.values()]
        cells.append("/".join(f"{100 * hits / count:.0f}" for hits in right))
    return ["/".join(clean), *cells]


def look_at(case: Case) -> tuple[Picture, str]:
    """The terminal's picture, and how the program says it has drawn the code: wide or half.

    :raises TimeoutError: the code was never drawn.
    """
    with TemporaryDirectory() as folder:
        ready = Path(folder, "ready")
        command = qr_screen(case.payload, ready, case.drawing)
        screen = capture(case.terminal, case.look, command, ready, environment=case.environment, tmux=case.tmux)
        return screen, ready.read_text()


def run(chosen: Sequence[Case], count: int, keep: Path | None) -> None:
    """Print one row a case as soon as it is measured, then what was skipped."""
    skipped = []
    names = "/".join(READERS)
    heads = ("terminal", "ground", "window", "form", f"clean {names}", *(f"{s.name} %" for s in STRENGTHS))
    print("|", " | ".join(heads), "|\n|" + "---|" * len(heads))
    for case in chosen:
        if case.missing:
            skipped.append(f"{case.terminal.name}, {case.name}: {case.missing} not installed")
            continue
        try:
            screen, form = look_at(case)
        except TimeoutError as error:
            skipped.append(f"{case.terminal.name}, {case.name}: {error}")
            continue
        window = f"{case.look.columns}x{case.look.rows}"
        if keep is not None:
            cv2.imwrite(str(keep / f"{case.terminal.name} {case.name} {window}.png"), screen)
        cells = (case.terminal.name, case.name, window, form, *rates(case, screen, count))
        print("|", " | ".join(cells), "|", flush=True)
    for line in skipped:
        print("skipped:", line)


def main() -> None:
    """Measure the cases whose terminal is named, or all."""
    line = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    line.add_argument("terminals", nargs="*", metavar="TERMINAL")
    line.add_argument("--photographs", type=int, default=16, metavar="N", help="of each strength")
    line.add_argument("--keep", type=Path, metavar="DIR", help="keep the terminals' pictures here")
    asked = line.parse_args()
    if shutil.which("zbarimg") is None:
        sys.exit("skipped: zbarimg not installed (apt: zbar-tools)")
    if asked.keep is not None:
        asked.keep.mkdir(parents=True, exist_ok=True)
    chosen = [case for case in cases() if not asked.terminals or case.terminal.name in asked.terminals]
    run(chosen, asked.photographs, asked.keep)


if __name__ == "__main__":
    main()
