"""`[receipt]` of kiosk.toml: the printer, and the operator's spool."""

import re
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlsplit

from tui.core.frozen import frozen
from tui.process.tables import Table, at_home, one_of

NARROWEST, WIDEST = 24, 64
"""Columns of half-width characters: 32 on 58 mm paper, 48 on 80 mm."""
ENCODINGS = ("gb18030", "big5", "utf-8")
"""What printers with Chinese fonts take."""
_BAUD = re.compile(r"[1-9][0-9]{0,6}")
_USB = re.compile(r"([0-9A-Fa-f]{1,4}):([0-9A-Fa-f]{1,4})")


@frozen
class PrinterSettings:
    """One ESC/POS printer."""

    place: SplitResult
    """`tcp://host:port`, `usb://vendor:product` in hexadecimal, `serial:///device?baud=9600` or `file:///device`."""
    options: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "gb18030"
    columns: int = 32
    cut: bool = True


@frozen
class ReceiptSettings:
    """Where receipts go."""

    printer: PrinterSettings | None = None
    folder: Path | None = None
    """A text file a receipt, with personal data masked; for a printer's spool."""


def read_receipt(table: Table) -> ReceiptSettings:
    """The settings of this table.

    :raises SettingsError: a setting is of the wrong kind or value.
    """
    named = table.take("folder", str, "")
    folder = table.source.parent / at_home(named) if named else None
    return ReceiptSettings(_printer(table), folder)


def _printer(table: Table) -> PrinterSettings | None:
    encoding, columns = table.take("encoding", str, "gb18030"), table.take("columns", int, 32)
    cut, named = table.take("cut", bool, True), table.take("printer", str, "")
    if encoding not in ENCODINGS:
        raise table.error("encoding", *one_of(ENCODINGS))
    if not NARROWEST <= columns <= WIDEST:
        raise table.error("columns", f"应在 {NARROWEST} 与 {WIDEST} 之间", f"must be within {NARROWEST} and {WIDEST}")
    if not named:
        return None
    try:
        place = urlsplit(named)
        options = dict(parse_qsl(place.query))
        sound = _is_sound(place, options)
    except ValueError:  # a bracket alone, or a port that is none
        sound = False
    if not sound:
        known = "tcp://主机:9100 | usb://04b8:0e15 | serial:///dev/ttyUSB0?baud=9600 | file:///dev/usb/lp0"
        raise table.error("printer", f"应形如 {known}", f"must be like {known.replace('主机', 'host')}")
    return PrinterSettings(place, options, encoding, columns, cut)


def _is_sound(place: SplitResult, options: Mapping[str, str]) -> bool:
    match place.scheme:
        case "tcp":
            return bool(place.hostname) and place.port != 0 and not place.path and not options
        case "usb":
            return usb_ids(place) is not None and not options
        case "serial":
            return place.path.startswith("/") and all(k == "baud" and _BAUD.fullmatch(v) for k, v in options.items())
        case "file":
            return place.path.startswith("/") and not place.netloc and not options
        case _:
            return False


def usb_ids(place: SplitResult) -> tuple[int, int] | None:
    """Vendor and product."""
    found = _USB.fullmatch(place.netloc)
    return (int(found[1], 16), int(found[2], 16)) if found else None
