"""Speak English where the terminal has no Chinese."""

import sys

from tui.kiosk.settings import LANGUAGE_VARIABLE, Language
from tui.kiosk.terminal.console_font import HAN, draws_chinese
from tui.kiosk.text import use_language
from tui.process.environment import environment


def speak_what_is_drawn(font: frozenset[int] | None) -> None:
    """English on a console without Chinese, unless `CA_KIOSK_LANGUAGE` says that it draws more than it tells."""
    if draws_chinese(font) is False and not environment().get(LANGUAGE_VARIABLE):
        use_language(Language.ENGLISH, alone=True)


def speak_what_can_be_written(font: frozenset[int] | None) -> None:
    """English where charset or console's font have no Chinese, unless the environment says otherwise."""
    lacking = b"?" in HAN.encode(sys.stdout.encoding, "replace") or draws_chinese(font) is False
    if lacking and not environment().get(LANGUAGE_VARIABLE):
        use_language(Language.ENGLISH)
