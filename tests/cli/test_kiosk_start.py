"""A start that fails at any point leaves no driver's process behind."""

from pathlib import Path

import pytest

from tui.cli import kiosk
from tui.cli.counter import supervise
from tui.core.exits import Exit
from tui.kiosk.hands import Hands
from tui.kiosk.settings import KioskSettings

SETTINGS = KioskSettings(Path("kiosk.toml"), "https://desk", None, ())


class Started:
    """Stands for the processes that have a head start."""

    closed = False

    def close(self) -> None:
        """Note it."""
        self.closed = True


class Broken(Exception):  # noqa: N818 - what happened
    """Something of the start went wrong."""


@pytest.mark.parametrize("place", ["tui.kiosk.app.KioskApp", "tui.kiosk.run.run", "tui.cli.kiosk.fit_terminal"])
def test_the_drivers_processes_end_with_a_start_that_fails(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*words: object) -> None:
        raise Broken

    started = Started()
    monkeypatch.setattr(kiosk, "head_start", lambda modules: started)
    for harmless in ("tui.kiosk.app.KioskApp", "tui.cli.kiosk.fit_terminal", "tui.cli.kiosk.garbage"):
        monkeypatch.setattr(harmless, Quiet())
    monkeypatch.setattr(place, broken)
    with pytest.raises(Broken):
        kiosk._show(SETTINGS)
    assert started.closed


def test_a_counter_says_why_it_does_not_start_in_a_terminal_that_it_may_not_open(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.ttyname", lambda fd: "/dev/pts/of-somebody-else")
    with pytest.raises(SystemExit) as ended:
        supervise(SETTINGS, lines=False)
    assert ended.value.code is Exit.USAGE
    assert "terminal" in capsys.readouterr().err


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
