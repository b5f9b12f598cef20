"""Fit the screens to the terminal and to the place that the settings tell of."""

import sys
from typing import TYPE_CHECKING, assert_never

from tui.cli.spoken import speak_what_is_drawn
from tui.kiosk.settings import KioskSettings, QrDrawing
from tui.kiosk.terminal.console_font import drawn_characters
from tui.kiosk.terminal.tty import has_half_blocks
from tui.kiosk.wiring import outlets
from tui.process.environment import environment

if TYPE_CHECKING:
    from tui.kiosk.app import KioskApp


def fit_terminal(settings: KioskSettings) -> None:
    """What the font draws decides about the code, the dots and the language; to be called before the app is made."""
    from tui.kiosk.app import KioskApp
    from tui.kiosk.widgets.step_indicator import StepIndicator

    KioskApp.wanted = settings.palette
    font = drawn_characters(sys.stdout.fileno())
    if font is not None and ord(StepIndicator.tick) not in font:
        StepIndicator.tick = "+"
    choose_qr_drawing(settings.qr, font)
    if font is not None:
        _choose_dot(font)
    speak_what_is_drawn(font)


def fit_app(app: "KioskApp", settings: KioskSettings) -> None:
    """Who uses it and with what hands, and where receipts go."""
    app.mode, app.outlets = settings.mode, outlets(settings)
    app.hands.without_keys, app.hands.shuffled = settings.touch, settings.shuffled_digits


def _choose_dot(font: frozenset[int]) -> None:
    from tui.kiosk.widgets.secret_field import SecretField

    if ord(SecretField.dot) not in font:
        SecretField.dot = "*"


def choose_qr_drawing(wanted: QrDrawing, font: frozenset[int] | None) -> None:
    """Half blocks where neither the settings nor the terminal speak against them."""
    from tui.kiosk.terminal.colour_depth import has_eight
    from tui.kiosk.widgets.figures import Figures
    from tui.kiosk.widgets.qr import QrCode

    QrCode.has_white_grounds = not has_eight(environment())
    match wanted:
        case QrDrawing.AUTO:
            known = has_half_blocks(environment(), font)
            QrCode.half_blocks, QrCode.doubtful = known is not False, known is None
        case QrDrawing.HALF | QrDrawing.WIDE:
            QrCode.half_blocks, QrCode.doubtful = wanted is QrDrawing.HALF, False
        case _:
            assert_never(wanted)
    Figures.half_blocks = QrCode.half_blocks and not QrCode.doubtful
