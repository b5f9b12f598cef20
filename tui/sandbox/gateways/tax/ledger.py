"""Keep the played tax platform's orders, red invoices and files, and set states on command."""

import contextlib
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import msgspec

from tui.desk.platforms.nuonuo.requests import Order, RedRequest
from tui.sandbox.gateways.tax.documents import documents
from tui.sandbox.mailbox import keep


class Sold(msgspec.Struct, frozen=True):
    """An order and the invoice that it becomes."""

    order: Order
    serial: str
    number: str
    ordered_at: datetime


class Reversed(msgspec.Struct, frozen=True):
    """An application for a red invoice and the invoice that it becomes."""

    request: RedRequest
    serial: str
    number: str
    order: Order
    """Of the blue invoice."""
    applied_at: datetime
    again: bool
    """The blue invoice was reversed before."""


class Command(msgspec.Struct, frozen=True):
    """A state that a test or a person has ordered in the place of the one that time would bring."""

    status: str
    """Of queryInvoiceResult, or of a 红字确认单."""
    words: str = ""
    fetched: bool = True
    """False: the tax bureau has issued the red invoice, and the platform has not heard of it."""


def command(directory: Path, number: str, status: str, words: str = "", *, fetched: bool = True) -> None:
    """Let the order or application with this number be in this state until the platform is asked to try again."""
    folder = directory / "states"
    folder.mkdir(parents=True, exist_ok=True)
    keep(folder / _name(number), msgspec.json.encode(Command(status, words, fetched)))


class TaxLedger:
    """The books in one directory."""

    def __init__(self, directory: Path, issue_after: timedelta, clock: Callable[[], datetime]) -> None:
        """An invoice counts as issued `issue_after` its order."""
        self._orders, self._reds, self._states = directory / "orders", directory / "reds", directory / "states"
        self._files = directory / "invoices"
        for folder in (self._orders, self._reds, self._states, self._files):
            folder.mkdir(parents=True, exist_ok=True)
        self._issue_after = issue_after
        self._clock = clock
        self._lock = threading.Lock()

    def sell(self, order: Order) -> Sold | None:
        """Take the order in; None when its number is known."""
        with self._lock:
            path = self._orders / _name(order.order_no)
            if path.exists():
                return None
            now = self._clock()
            sold = Sold(order, self._serial(now), self._number(now), now)
            self._print(documents(order, sold.number, now), sold.number)
            keep(path, msgspec.json.encode(sold))
        return sold

    def reverse(self, request: RedRequest) -> Reversed | None:
        """Take the application in; None when its number is known or no such invoice was issued."""
        with self._lock:
            path = self._reds / _name(request.bill_id)
            blue = next((sold for sold in self._all_sold() if sold.number == request.blue_elec_invoice_number), None)
            if path.exists() or blue is None or not self.issued(blue):
                return None
            now = self._clock()
            again = any(red.request.blue_elec_invoice_number == blue.number for red in self._all_reversed())
            red = Reversed(request, self._serial(now), self._number(now), blue.order, now, again)
            self._print(documents(blue.order, red.number, now, reverses=blue.number), red.number)
            keep(path, msgspec.json.encode(red))
        return red

    def sold(self, order_no: str) -> Sold | None:
        """The order with this number."""
        path = self._orders / _name(order_no)
        return msgspec.json.decode(path.read_bytes(), type=Sold) if path.exists() else None

    def reversed(self, bill_id: str) -> Reversed | None:
        """The application with this number."""
        path = self._reds / _name(bill_id)
        return msgspec.json.decode(path.read_bytes(), type=Reversed) if path.exists() else None

    def by_serial(self, serial: str) -> Sold | Reversed | None:
        """The invoice with this serial number."""
        invoices: list[Sold | Reversed] = [*self._all_sold(), *self._all_reversed()]
        return next((found for found in invoices if found.serial == serial), None)

    def issued(self, invoice: Sold | Reversed) -> bool:
        """Whether its time has come."""
        begun = invoice.ordered_at if isinstance(invoice, Sold) else invoice.applied_at
        return self._clock() >= begun + self._issue_after

    def commanded(self, number: str) -> Command | None:
        """The state that was ordered."""
        path = self._states / _name(number)
        return msgspec.json.decode(path.read_bytes(), type=Command) if path.exists() else None

    def release(self, number: str) -> None:
        """The ordered state ends."""
        with contextlib.suppress(FileNotFoundError):
            (self._states / _name(number)).unlink()

    def file(self, name: str) -> bytes | None:
        """A file by its name: the invoice's 20 digits and a suffix."""
        stem, _, _ = name.partition(".")
        path = self._files / name
        return path.read_bytes() if stem.isdigit() and path.exists() else None

    def _all_sold(self) -> list[Sold]:
        return [msgspec.json.decode(path.read_bytes(), type=Sold) for path in self._orders.glob("*.json")]

    def _all_reversed(self) -> list[Reversed]:
        return [msgspec.json.decode(path.read_bytes(), type=Reversed) for path in self._reds.glob("*.json")]

    def _serial(self, now: datetime) -> str:
        return now.strftime("%y%m%d%H%M%S") + secrets.token_hex(5)

    def _number(self, now: datetime) -> str:
        sequence = len(list(self._orders.glob("*.json"))) + len(list(self._reds.glob("*.json"))) + 1
        return f"{now:%y}442{sequence:015d}"

    def _print(self, files: dict[str, bytes], number: str) -> None:
        for suffix, content in files.items():
            keep(self._files / f"{number}{suffix}", content)


def _name(number: str) -> str:
    return f"{quote(number, safe='')}.json"
