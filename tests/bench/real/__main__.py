"""Pictures of the journey in real terminals: `python -m tests.bench.real FOLDER [--in NAME ...] [--only SCREEN ...]`.

Each screen follows the one before it, as it does for a person, and its picture is kept; then the program writes all of
it again. Where that changes a pixel the terminal had kept something that should have gone, or the program had been
wrong about what stands there: this is said, and the second picture is kept beside the first. What tmux holds is
compared with what is meant, too. Needs Xvfb, xterm and tmux.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from tests.bench.terminals import XTERM, Look, running, still, until
from tests.harness.kiosk.gallery import GALLERY
from tests.rig.readers import Picture

OVERHANG = 1 / 8
"""Of a cell's pixels."""
TMUX = "set -g status off\nset -g default-terminal tmux-256color\n"


@dataclass(frozen=True, slots=True)
class Kind:
    """A terminal as programs know it."""

    environment: Mapping[str, str] = field(default_factory=dict)
    tmux: bool = False
    language: str = "zh"


KINDS = {
    "xterm": Kind({"TERM": "xterm-256color", "COLORTERM": "truecolor"}),
    "xterm-256": Kind({"TERM": "xterm-256color", "COLORTERM": ""}),
    "tmux": Kind({"COLORTERM": ""}, tmux=True),
    "linux": Kind({"TERM": "linux", "COLORTERM": ""}),
    "linux-en": Kind({"TERM": "linux", "COLORTERM": ""}, language="en"),
}


def main() -> None:
    """Make them, and tell what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--in", dest="kinds", nargs="*", default=[*KINDS], choices=KINDS)
    parser.add_argument("--only", nargs="*", default=[*GALLERY], metavar="SCREEN", choices=GALLERY)
    parser.add_argument("--size", default="80x24", metavar="COLUMNSxROWS")
    asked = parser.parse_args()
    columns, _, rows = asked.size.partition("x")
    faults = [
        fault
        for name in asked.kinds
        for fault in walk(asked.folder / name, KINDS[name], asked.only, Look(int(columns), int(rows)))
    ]
    sys.exit("\n".join(faults) or None)


def walk(folder: Path, kind: Kind, names: list[str], look: Look) -> list[str]:
    """Keep the pictures of one terminal; what is wrong in them."""
    folder.mkdir(parents=True, exist_ok=True)
    print(folder, flush=True)
    faults = []
    with TemporaryDirectory() as short:  # the path of tmux's socket has a limit
        told = Path(short)
        words = [sys.executable, "-X", "utf8", "-m", "tests.bench.real.walk", str(told), kind.language, *names]
        with running(XTERM, look, _command(kind, words, told), told) as take:
            for name in names:
                painted, repainted = told / f"{name}.painted", told / f"{name}.repainted"
                first = _picture(painted, take)
                meant = painted.read_text().split("\n")
                if kind.tmux and (held := _held(told)) != [line.rstrip() for line in meant]:
                    faults.append(f"{folder.name} {name}: tmux holds\n" + "\n".join(held))
                painted.unlink()
                again = _picture(repainted, take)
                repainted.unlink()
                cv2.imwrite(str(folder / f"{name}.png"), first)
                if others := _others(first, again, look):
                    cv2.imwrite(str(folder / f"{name}-again.png"), again)
                    faults.append(f"{folder.name} {name}: cells {others} are others after a repaint")
    return faults


def _picture(ready: Path, take: Callable[[], Picture]) -> Picture:
    """The window without the rest of the X screen, once the program says that it stands."""
    until(ready.exists, f"{ready.name} did not come")
    whole = still(take)
    rows, columns = np.nonzero(whole.any(axis=-1))
    return whole[: int(np.max(rows)) + 1, : int(np.max(columns)) + 1]


def _others(one: Picture, other: Picture, look: Look) -> list[tuple[int, int]]:
    """Column and row of the cells that differ, but for the pixels by which letters reach into the next cell."""
    if one.shape != other.shape:
        return [(0, 0)]
    height, width = one.shape[0] // look.rows, one.shape[1] // look.columns
    differ = np.any(one != other, axis=-1)[: height * look.rows, : width * look.columns]
    counts = differ.reshape(look.rows, height, look.columns, width).sum(axis=(1, 3))
    return [(int(x), int(y)) for y, x in np.argwhere(counts > height * width * OVERHANG)]


def _command(kind: Kind, words: list[str], folder: Path) -> list[str]:
    program = ["env", *(f"{name}={value}" for name, value in kind.environment.items()), *words]
    if not kind.tmux:
        return program
    settings = folder / "tmux.conf"
    settings.write_text(TMUX)
    return ["tmux", "-S", str(folder / "tmux"), "-f", str(settings), "new-session", *program]


def _held(folder: Path) -> list[str]:
    """The text of tmux's own cells."""
    words = ["tmux", "-S", str(folder / "tmux"), "capture-pane", "-p"]
    held = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return [line.rstrip() for line in held.splitlines()]


if __name__ == "__main__":
    main()
