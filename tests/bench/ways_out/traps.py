"""What a way out leaves behind, even where it ended at once: programs that were run, and files that were written."""

import os
from collections.abc import Iterator
from pathlib import Path

from tests.harness.kiosk.counter import NO_DESK, CounterKiosk

_PROGRAMS = (
    *("sh", "bash", "dash", "python", "python3", "perl", "sudo", "su", "ssh", "login", "tmux", "screen", "script"),
    *("xdg-open", "gio", "gvfs-open", "x-www-browser", "www-browser", "sensible-browser", "links", "elinks", "lynx"),
    *("w3m", "firefox", "chromium", "google-chrome", "open", "less", "more", "man", "vi", "vim", "nano", "editor"),
    *("xclip", "xsel", "wl-copy", "wl-paste", "lp", "lpr", "stty", "reset", "tput", "clear", "kill", "fg", "wall"),
)
"""What a program reaches for that opens a link, an editor, a pager, a clipboard or a shell."""


class TrappedKiosk(CounterKiosk):
    """A counter whose search path leads to stand-ins that tell they were run, in a home of its own."""

    def __init__(self, folder: Path, settings: str = "", *, desk: str = NO_DESK) -> None:
        self._folder = folder
        self._ran = folder / "ran"
        self._known: frozenset[Path] = frozenset()
        traps = folder / "traps"
        traps.mkdir()
        for name in _PROGRAMS:
            (traps / name).write_text(f'#!/bin/sh\necho "{name} $*" >>{self._ran}\n')
            (traps / name).chmod(0o755)
        super().__init__(folder, settings, desk=desk, PATH=f"{traps}:{os.environ['PATH']}")

    def sprung(self) -> Iterator[str]:
        """What has been run and written since the last look."""
        if self._ran.exists():
            yield f"was run: {self._ran.read_text()}"
            self._ran.unlink()
        there = frozenset(path for path in self._folder.rglob("*") if not self._is_a_tokens(path))
        if self._known:
            yield from (f"was written: {path}" for path in there - self._known)
        self._known = there

    def _is_a_tokens(self, path: Path) -> bool:
        return path.relative_to(self._folder).parts[0].startswith("token")
