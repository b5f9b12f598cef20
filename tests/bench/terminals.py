"""Real terminals without a monitor: a program runs in one, and the picture it makes is read back.

All draw into Xvfb, whose frame buffer is a file; foot, which needs Wayland, by way of weston in an X window.
"""

import os
import shutil
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import numpy as np

from tests.rig.readers import Picture

SCREEN = (1400, 1000)
"""Pixels of the X screen."""
PATIENCE = 30.0
"""Seconds a terminal and the program in it may take to come up."""
STILL = 0.25
"""Seconds without a change after which a picture is taken; the countdown changes it once a second."""
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Look:
    """How a terminal is set up."""

    columns: int = 80
    rows: int = 24
    light: bool = False
    """Black on white by default, instead of white on black."""
    font: str = "DejaVu Sans Mono"
    points: int = 11

    @property
    def ground(self) -> str:
        """Default background."""
        return "#ffffff" if self.light else "#000000"

    @property
    def ink(self) -> str:
        """Default foreground."""
        return "#000000" if self.light else "#ffffff"


@dataclass(frozen=True, slots=True)
class Terminal:
    """One terminal program."""

    name: str
    needs: tuple[str, ...]
    """Programs beside Python."""
    command: Callable[[Look, Sequence[str]], list[str]]
    wayland: bool = False
    both_grounds: bool = True

    @property
    def missing(self) -> str:
        """The programs that are not installed; empty when it can run."""
        need = ("Xvfb", *self.needs, *(("weston",) if self.wayland else ()))
        return ", ".join(name for name in need if shutil.which(name) is None)


def _xterm(look: Look, command: Sequence[str]) -> list[str]:
    face = ["-fa", look.font, "-fs", str(look.points)]
    size = ["-geometry", f"{look.columns}x{look.rows}+0+0"]
    return ["xterm", *face, *size, "-bg", look.ground, "-fg", look.ink, "-b", "0", "+sb", "-e", *command]


def _urxvt(look: Look, command: Sequence[str]) -> list[str]:
    font = ["-fn", f"xft:{look.font}:size={look.points}", "-b", "0", "+sb"]
    size = ["-geometry", f"{look.columns}x{look.rows}+0+0"]
    return ["urxvt", *font, *size, "-bg", look.ground, "-fg", look.ink, "-e", *command]


def _st(look: Look, command: Sequence[str]) -> list[str]:
    size = ["-g", f"{look.columns}x{look.rows}+0+0"]
    return ["st", "-f", f"{look.font}:size={look.points}", *size, "-e", *command]


def _kitty(look: Look, command: Sequence[str]) -> list[str]:
    options = {
        "font_family": look.font,
        "font_size": str(look.points),
        "background": look.ground,
        "foreground": look.ink,
        "remember_window_size": "no",
        "initial_window_width": f"{look.columns}c",
        "initial_window_height": f"{look.rows}c",
        "window_padding_width": "0",
        "update_check_interval": "0",
    }
    return ["kitty", "--config", "NONE", *(w for o in options.items() for w in ("-o", "=".join(o))), *command]


def _foot(look: Look, command: Sequence[str]) -> list[str]:
    colours = ["-o", f"colors.background={look.ground[1:]}", "-o", f"colors.foreground={look.ink[1:]}"]
    size = ["-W", f"{look.columns}x{look.rows}"]
    return ["foot", "-c", "/dev/null", "-f", f"{look.font}:size={look.points}", *size, *colours, *command]


XTERM = Terminal("xterm", ("xterm",), _xterm)
URXVT = Terminal("urxvt", ("urxvt",), _urxvt)
ST = Terminal("st", ("st",), _st, both_grounds=False)
KITTY = Terminal("kitty", ("kitty",), _kitty)
FOOT = Terminal("foot", ("foot",), _foot, wayland=True)


class XServer:
    """Xvfb on a display of its own choice; its frame buffer is an XWD file (X11/XWDFile.h)."""

    def __init__(self, folder: Path) -> None:
        self._buffer = folder / "Xvfb_screen0"
        told, tell = os.pipe()
        screen = ["-screen", "0", f"{SCREEN[0]}x{SCREEN[1]}x24", "-fbdir", str(folder)]
        words = ["Xvfb", "-displayfd", str(tell), *screen, "-nolisten", "tcp"]
        self._process = subprocess.Popen(words, pass_fds=[tell], stderr=subprocess.DEVNULL)
        os.close(tell)
        with os.fdopen(told) as numbers:
            self.display = f":{numbers.readline().strip()}"

    def picture(self) -> Picture:
        """What is on the screen."""
        data = self._buffer.read_bytes()
        head = struct.unpack(">25I", data[:100])
        size, height, stride, colours = head[0], head[5], head[12], head[19]
        pixels = np.frombuffer(data, np.uint8, height * stride, size + 12 * colours)
        return np.ascontiguousarray(pixels.reshape(height, stride // 4, 4)[:, :, :3])

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()


def capture(
    terminal: Terminal,
    look: Look,
    program: Sequence[str],
    ready: Path,
    *,
    environment: Mapping[str, str] | None = None,
    tmux: bool = False,
) -> Picture:
    """The picture of `terminal` once `program` in it has made the file `ready`; beside that file all is kept.

    :raises TimeoutError: it never did.
    """
    asked = {"COLORTERM": "truecolor", **(environment or {})}
    command = ["env", *(f"{name}={value}" for name, value in asked.items()), *program]
    if tmux:
        command = ["tmux", "-S", str(ready.with_name("tmux")), "-f", os.devnull, "new-session", *command]
    with running(terminal, look, command, ready.parent) as take:
        until(ready.exists, "the program did not come up")
        return still(take)


@contextmanager
def running(terminal: Terminal, look: Look, command: Sequence[str], folder: Path) -> Iterator[Callable[[], Picture]]:
    """The terminal on a screen of its own; yields how to look at it."""
    server = XServer(folder)
    surroundings = {n: v for n, v in os.environ.items() if n not in ("NO_COLOR", "COLORTERM", "TMUX")}
    surroundings |= {"LC_ALL": "C.UTF-8", "XDG_RUNTIME_DIR": str(folder), "LIBGL_ALWAYS_SOFTWARE": "1"}
    surroundings |= {"DISPLAY": server.display}
    try:
        with ExitStack() as children:
            if terminal.wayland:
                children.enter_context(_child(_weston(folder), surroundings))
                until((folder / "wl").exists, "weston did not come up")
                surroundings |= {"WAYLAND_DISPLAY": "wl"}
            children.enter_context(_child(terminal.command(look, command), surroundings))
            yield server.picture
    finally:
        server.close()


def _weston(folder: Path) -> list[str]:
    """A Wayland compositor as one X window that fills the screen, without panel or animation."""
    settings = folder / "weston.ini"
    shell = "panel-position=none\nbackground-color=0xff000000\nanimation=none\nstartup-animation=none"
    settings.write_text(f"[core]\nidle-time=0\n[shell]\n{shell}\n")
    backend = ["--backend=x11-backend.so", "--use-pixman", f"--width={SCREEN[0]}", f"--height={SCREEN[1]}"]
    return ["weston", f"--config={settings}", *backend, "--socket=wl"]


@contextmanager
def _child(words: Sequence[str], environment: Mapping[str, str]) -> Iterator[None]:
    child = subprocess.Popen(
        words, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGTERM)
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


def until(there: Callable[[], bool], else_: str) -> None:
    """Wait until it is `there`.

    :raises TimeoutError: with `else_`.
    """
    end = monotonic() + PATIENCE
    while not there():
        if monotonic() > end:
            raise TimeoutError(else_)
        sleep(0.05)


def still(take: Callable[[], Picture]) -> Picture:
    """The picture, once it stands.

    :raises TimeoutError: it does not.
    """
    end = monotonic() + PATIENCE
    before = take()
    while monotonic() < end:
        sleep(STILL)
        now = take()
        if np.array_equal(before, now):
            return now
        before = now
    raise TimeoutError("the picture does not stand still")


def qr_screen(payload: str, ready: Path, drawing: str) -> list[str]:
    """The program's QR screen as a command; `drawing` is `[kiosk] qr`."""
    return [sys.executable, "-X", "utf8", "-m", "tests.bench.qr_screen", payload, str(ready), drawing]
