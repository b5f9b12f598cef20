"""The words with which every counter starts its kiosk, understood without the parser: its import takes milliseconds."""

from collections.abc import Sequence
from pathlib import Path


def plain_words(words: Sequence[str]) -> dict[str, Path | None] | None:
    """What `tui.cli.kiosk.kiosk` is called with for no words, or for `--config FILE`; None for all others."""
    match words:
        case []:
            return {"config": None}
        case ["--config", file] if not file.startswith("-"):
            return {"config": Path(file)}
        case _:
            return None
