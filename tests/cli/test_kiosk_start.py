"""A start that fails at any point leaves no driver's process behind."""

from pathlib import Path

import pytest

from tui.cli import kiosk
from tui.kiosk.hands import Hands
from tui.kiosk.settings import KioskSettings


class Started:
    """Stands for the processes that have a head start."""

    closed = False

    def close(self) -> None:
        """Note it."""
        self.closed = True


class Broken(Exception):  # noqa: N818 - what happened
    """Something of the start went wrong."""


@pytest.mark.parametrize("place", ["tui.kiosk.app.KioskApp", "tui.kiosk.app.run", "tui.cli.kiosk.fit_terminal"])
def test_the_drivers_processes_end_with_a_start_that_fails(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*words: object) -> None:
        raise Broken

    started = Started()
    monkeypatch.setattr(kiosk, "head_start", lambda modules: started)
    for harmless in ("tui.kiosk.app.KioskApp", "tui.cli.kiosk.fit_terminal", "tui.cli.kiosk.garbage"):
        monkeypatch.setattr(harmless, Quiet())
    monkeypatch.setattr(place, broken)
    with pytest.raises(Broken):
        kiosk._show(KioskSettings(Path("kiosk.toml"), "https://desk", None, ()))
    assert started.closed


class Quiet:
    """Does nothing, whatever it is asked."""

    hands = Hands()

    def __call__(self, *words: object) -> "Quiet":
        """Itself."""
        return self

    def put_off(self) -> None:
        """Nothing."""

    def set_aside(self) -> None:
        """Nothing."""
