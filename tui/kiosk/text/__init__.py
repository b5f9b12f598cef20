"""What people read: gettext set-up and the wording of every code; the source language is Simplified Chinese."""

from pathlib import Path
from typing import TYPE_CHECKING

from tui.core.payment_method import Name

if TYPE_CHECKING:
    from gettext import NullTranslations

_LOCALES = Path(__file__).parent / "locales"
_SOURCE = "zh"
_catalogue: "NullTranslations | None" = None
_language = _SOURCE
_alone = False

LANGUAGE_NAMES = "EN/中文"
"""On the switch, the same in both languages: whoever reads neither finds it still."""


def use_language(language: str, *, alone: bool = False) -> None:
    """Choose the catalogue (`zh`, `en`); a language without one shows the source text.

    `alone`: the terminal draws no other one, so none is offered.
    """
    global _catalogue, _language, _alone  # noqa: PLW0603 - the one language of this process
    _language, _alone = language, alone
    _catalogue = None if language == _SOURCE else _read(language)


def _read(language: str) -> "NullTranslations":
    from gettext import translation  # what speaks Chinese needs none

    return translation("kiosk", _LOCALES, [language], fallback=True)


def language() -> str:
    """What is spoken now."""
    return _language


def other_language() -> str | None:
    """What can be spoken in its place; None where the terminal draws this one alone."""
    return None if _alone else "zh" if _language == "en" else "en"


def _(message: str) -> str:
    """The message in the chosen language."""
    return _catalogue.gettext(message) if _catalogue and message else message


def proper(name: Name) -> str:
    """A proper name in the chosen language."""
    return name.en if _language == "en" else name.zh


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for 'mark, translate later'
    """Mark a message of a class or module constant for the catalogue; `_` translates it when it is shown."""
    return message
