"""The driver that `--module` names."""

from pathlib import Path

from tui.core.failure import Failure, Reason, TokenError
from tui.kiosk.settings import ModuleSettings, language_named
from tui.process.paths import absolute


def named_module(path: Path) -> ModuleSettings:
    """Its file by its whole path: a driver's process looks for a bare name among the system's libraries.

    :raises TokenError: it is relative, and the working directory was removed.
    """
    try:
        return ModuleSettings(absolute(path))
    except FileNotFoundError as error:
        from tui.kiosk.text import use_language

        use_language(language_named())
        raise TokenError(Failure(Reason.DRIVER_MISSING, detail=str(path))) from error
