"""A receipt printer that speaks ESC/POS, over the network, USB, a serial line or a device file."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from shutil import rmtree
from threading import Event, Thread
from typing import TYPE_CHECKING

from tui.core.receipt import OutletKind, OutletRefused, OutletTrouble
from tui.kiosk.receipt.settings import PrinterSettings, usb_ids
from tui.kiosk.text.wrapping import wrapped

if TYPE_CHECKING:
    from escpos.escpos import Escpos

PATIENCE = 5.0
"""Seconds for one exchange with the printer."""
LONGEST = 15.0
"""Seconds for all of it: a device file or a USB line may block for ever."""
CHINESE = b"\x1c\x26"
"""FS &: two bytes from 0x81 on are one Chinese character."""
FEED = 4
"""Lines, so that the last one stands outside of the printer where nothing cuts."""


class Printer:
    """`kiosk.receipt.outlet.Outlet`."""

    kind = OutletKind.PRINTER

    def __init__(self, settings: PrinterSettings) -> None:
        self._settings = settings

    def put(self, lines: Sequence[str]) -> None:
        """Print the lines, and cut.

        :raises OutletRefused: no answer, no paper, no library, or settings that do not fit.
        """
        refused, printed, given_up = list[OutletRefused](), Event(), Event()

        def work() -> None:
            try:
                self._print(lines, given_up)
            except OutletRefused as error:
                refused.append(error)
            else:
                printed.set()

        printing = Thread(target=work, name="printer", daemon=True)
        printing.start()
        printing.join(LONGEST)
        if printing.is_alive():
            given_up.set()
            raise OutletRefused(OutletTrouble.AWAY, "no end")
        if not printed.is_set():
            raise refused[0] if refused else OutletRefused(OutletTrouble.UNFIT, "no end")

    def _print(self, lines: Sequence[str], given_up: Event) -> None:
        quiet = logging.getLogger()
        if not quiet.handlers:  # the library logs at the root, which would set itself up to print on the screen
            quiet.addHandler(logging.NullHandler())
        try:
            from escpos.capabilities import pickle_dir
            from escpos.exceptions import Error
        except ModuleNotFoundError as error:
            raise OutletRefused(OutletTrouble.UNFIT, "pip install 'ca-renewal-kiosk[printer]'") from error
        rmtree(pickle_dir, ignore_errors=True)  # made by the import, one a program, and never used again
        try:
            printer = self._opened()
            try:
                self._send(printer, lines, given_up)
            finally:
                printer.close()
        except (Error, OSError) as error:
            raise OutletRefused(OutletTrouble.AWAY, type(error).__name__) from error
        except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
            # a part of the library is missing, or an argument
            raise OutletRefused(OutletTrouble.UNFIT, type(error).__name__) from error

    def _opened(self) -> "Escpos":
        from escpos import printer

        place, options = self._settings.place, self._settings.options
        match place.scheme:
            case "tcp":
                device: Escpos = printer.Network(place.hostname or "", place.port or 9100, timeout=PATIENCE)
            case "usb":
                vendor, product = usb_ids(place) or (0, 0)
                device = printer.Usb(vendor, product, timeout=int(PATIENCE * 1000))
            case "serial":
                device = printer.Serial(place.path, int(options.get("baud", "9600")), timeout=PATIENCE)
            case _:
                device = printer.File(place.path)
        device.open()
        return device

    def _send(self, printer: "Escpos", lines: Sequence[str], given_up: Event) -> None:
        if self._settings.place.scheme != "file" and _paper(printer) == 0:
            raise OutletRefused(OutletTrouble.PAPER_OUT)
        printer.hw("INIT")
        printer._raw(CHINESE)
        for line in lines:
            if given_up.is_set():  # the person was told so: half of it is better than two
                return
            for part in wrapped(line, self._settings.columns):
                # U+00A5 has four bytes in GB 18030, which printers do not know
                printer._raw(part.replace("¥", "￥").encode(self._settings.encoding, "replace") + b"\n")
        if self._settings.cut:
            printer.cut()
        else:
            printer.ln(FEED)


def _paper(printer: "Escpos") -> int:
    """0 for none; many printers answer no question, and those are believed to have some."""
    with suppress(OSError, IndexError, NotImplementedError):
        return int(printer.paper_status())
    return 2
