"""The commands with a full screen on a Linux console: what its font cannot draw is not chosen."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.cli.fit import fit_terminal
from tui.kiosk.app import KioskApp
from tui.kiosk.settings import LANGUAGE_VARIABLE, KioskSettings, Language
from tui.kiosk.text import _, use_language
from tui.kiosk.widgets.figures import Figures
from tui.kiosk.widgets.qr import QrCode
from tui.kiosk.widgets.secret_field import SecretField
from tui.kiosk.widgets.step_indicator import StepIndicator

CONSOLE = frozenset(range(0x20, 0x7F))
DECIDED: tuple[tuple[type, *tuple[str, ...]], ...] = (
    (QrCode, "half_blocks", "doubtful", "has_white_grounds"),
    (Figures, "half_blocks"),
    (StepIndicator, "tick"),
    (SecretField, "dot"),
    (KioskApp, "wanted"),
)
"""What the start decides for the whole process."""
SETTINGS = KioskSettings(Path("kiosk.toml"), "https://desk.example", None, ())


@pytest.fixture(autouse=True)
def _language(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for kind, *names in DECIDED:
        for name in names:
            monkeypatch.setattr(kind, name, getattr(kind, name))
    use_language(Language.CHINESE)
    yield
    use_language(Language.CHINESE)


@pytest.mark.parametrize(
    ("font", "asked", "word"),
    [
        (CONSOLE, {}, "Next"),
        (CONSOLE, {LANGUAGE_VARIABLE: "zh"}, "下一步"),
        (CONSOLE | {ord("一")}, {}, "下一步"),
        (None, {}, "下一步"),
    ],
    ids=["console", "asked for", "font with Chinese", "no console"],
)
def test_a_console_without_chinese_speaks_english(
    font: frozenset[int] | None, asked: dict[str, str], word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.cli.fit.drawn_characters", lambda fd: font)
    for module in ("fit", "spoken"):
        monkeypatch.setattr(f"tui.cli.{module}.environment", lambda: {"TERM": "linux", **asked})
    fit_terminal(SETTINGS)
    assert _("下一步") == word
    assert (StepIndicator.tick, SecretField.dot) == (("✓", "▪") if font is None else ("+", "*"))
    assert QrCode.half_blocks is (font is None)
