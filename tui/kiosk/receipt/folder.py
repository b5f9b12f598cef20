"""The operator's spool: a text file a receipt, masked, readable by its owner alone."""

import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from tui.core.beijing import beijing
from tui.core.receipt import OutletKind, OutletRefused, OutletTrouble


class Folder:
    """`kiosk.receipt.outlet.Outlet`."""

    kind = OutletKind.FOLDER

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, lines: Sequence[str]) -> None:
        """A file that appears whole, under a name that tells the time alone.

        :raises OutletRefused: the folder cannot be written.
        """
        name = f"receipt-{beijing(datetime.now(UTC)):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}.txt"
        whole, part = self._folder / name, self._folder / f".{name}"
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "w", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
            part.rename(whole)
        except OSError as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise OutletRefused(OutletTrouble.FULL, error.strerror or "") from error
