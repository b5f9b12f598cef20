"""A town's desk with its engine at work, and the tax platform and post that it needs for a whole renewal."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from tests.harness.desk.town import Person, Town
from tui.core.order import Application, ApplicationStatus
from tui.desk.context import Desk
from tui.desk.engine.engine import DeskEngine
from tui.desk.invoices.tax_platform import InvoiceOrder, InvoiceOutcome, InvoiceState, Links, RedOrder
from tui.desk.notifications.message import Attachment

DEADLINE = 20.0


class Tax:
    """Issues every invoice at the second question."""

    def __init__(self) -> None:
        self.ordered: list[InvoiceOrder] = []

    def issue(self, order: InvoiceOrder) -> InvoiceOutcome:
        """Ordered."""
        self.ordered.append(order)
        return InvoiceOutcome(InvoiceState.PENDING)

    def query(self, request_no: str) -> InvoiceOutcome | None:
        """Issued once ordered."""
        if not self.ordered:
            return None
        links = Links(f"https://tax.example/{request_no}.pdf")
        return InvoiceOutcome(InvoiceState.ISSUED, "24442000000000000001", links)

    def reissue(self, request_no: str) -> None:
        """Nothing failed here."""

    def issue_red(self, order: RedOrder) -> InvoiceOutcome:
        """Nothing is taken back here."""
        return InvoiceOutcome(InvoiceState.PENDING)


class Post:
    """Mail and SMS that arrive here."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send(self, number: str, receiver: str, *_: str | tuple[Attachment, ...]) -> None:
        """Kept."""
        self.sent.append((number, receiver))

    def give_up(self) -> None:
        """Nobody is waited for."""


class StubbornCa:
    """Refuses, for now or for good, then issues as the real one."""

    def __init__(self, town: Town, refusals: list[Exception]) -> None:
        self._ca, self._refusals = town.desk.ca, refusals
        self.chain, self.not_after, self.flaw = self._ca.chain, self._ca.not_after, self._ca.flaw

    def recognises(self, certificate: bytes) -> bool:
        """As the real one."""
        return self._ca.recognises(certificate)

    def issue(self, request_id: str, csr: bytes, old_certificate: bytes, not_after: datetime) -> bytes:
        """As the real one, after the refusals."""
        if self._refusals:
            raise self._refusals.pop(0)
        return self._ca.issue(request_id, csr, old_certificate, not_after)


@contextmanager
def running(town: Town, tax: Tax | None = None, post: Post | None = None) -> Iterator[Desk]:
    """The engine at work on this town's database."""
    desk = replace(town.desk, tax=tax, mail=post, sms=post)
    engine = DeskEngine(desk)
    engine.start()
    town.client.app.state["desk"] = desk
    try:
        yield desk
    finally:
        engine.stop()
        town.client.app.state["desk"] = town.desk


def awaited(person: Person, business_no: str, reached: Callable[[Application], bool]) -> Application:
    """The application once it is as wished."""
    end, tick = time.monotonic() + DEADLINE, threading.Event()
    while not reached(application := person.see(business_no)):
        assert time.monotonic() < end, application.status
        tick.wait(0.02)
    return application


def has(status: ApplicationStatus) -> Callable[[Application], bool]:
    """Reached this status."""
    return lambda application: application.status is status
