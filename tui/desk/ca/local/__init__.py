"""The embedded certificate authority."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from tui.desk.ca.kind import Kind
from tui.desk.ca.local.authority import LocalCa
from tui.desk.ca.local.settings import LocalCaSettings


def _open(settings: LocalCaSettings, clock: Callable[[], datetime]) -> LocalCa:
    retired = settings.retired_certificate_files
    return LocalCa(settings.certificate, settings.key, settings.issued, clock, retired)


def _issued(settings: LocalCaSettings) -> Path | None:
    return settings.issued if any(settings.issued.glob("*.der")) else None


CA = Kind(LocalCaSettings, _open, _issued)
