"""The kiosk's settings as a command begins with them: its language spoken, its log open."""

from pathlib import Path

from tui.kiosk.settings import KioskSettings, load
from tui.kiosk.text import use_language
from tui.process.logbook import open_logbook


def begin(config: Path | None) -> KioskSettings:
    """Load them.

    :raises SettingsError: they cannot be used.
    """
    settings = load(config)
    use_language(settings.language)
    open_logbook(settings.log)
    return settings
