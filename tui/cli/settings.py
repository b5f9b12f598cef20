"""The kiosk's settings as a command begins with them: its language spoken, its log open."""

from pathlib import Path

from tui.cli.module import named_module
from tui.kiosk.settings import KioskSettings, ModuleSettings, language_named, load
from tui.kiosk.text import use_language


def begin(config: Path | None) -> KioskSettings:
    """Load them, and take them up.

    :raises SettingsError: they cannot be used.
    """
    settings = load(config)
    take_up(settings)
    return settings


def modules_of(config: Path | None, module: Path | None) -> tuple[ModuleSettings, ...]:
    """Those of the settings, which are taken up, or the one that is named.

    :raises SettingsError: the settings cannot be used.
    :raises TokenError: see `named_module`.
    """
    if module is None:
        return begin(config).modules
    use_language(language_named())
    return (named_module(module),)


def take_up(settings: KioskSettings) -> None:
    """Speak the language and open the log.

    :raises SettingsError: the log cannot be written.
    """
    from tui.process.logbook import hold_back_values, open_logbook  # 20 ms, in which drivers' processes start already

    use_language(settings.language)
    open_logbook(settings.log)
    hold_back_values()
