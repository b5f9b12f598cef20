"""An installed renewal whose invoice a test follows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.harness.desk.invoice_doubles import SETTINGS, FilesDouble, Letters, TaxDouble
from tests.harness.desk.town import Person, Town, make_town
from tui.core.order import InvoiceStatus, PaymentStatus
from tui.desk.invoices.service import invoice, request_red_invoice
from tui.desk.invoices.view import InvoiceView, invoice_view
from tui.desk.progress import Progress
from tui.desk.storage.database import reading, writing
from tui.desk.storage.records import ApplicationRecord


@dataclass
class Case:
    """An installed renewal that waits for its invoice."""

    town: Town
    person: Person
    number: str
    tax: TaxDouble
    files: FilesDouble
    letters: Letters

    def invoice(self) -> Progress:
        """The engine's act."""
        return invoice(self.town.desk, self.number)

    def status(self) -> InvoiceStatus:
        """As it stands."""
        return self.view().status

    def view(self) -> InvoiceView:
        """As an operator sees it."""
        with reading(self.town.desk.engine) as db:
            view = invoice_view(db, self.number)
        assert view is not None
        return view

    def refund(self) -> str | None:
        """What the side of refunds does in its transaction; the number of the red invoice's application."""
        with writing(self.town.desk.engine) as db:
            db.unit.get_one(
                ApplicationRecord, self.number, with_for_update=True
            ).payment_status = PaymentStatus.REFUNDING
            red = request_red_invoice(db, self.number, self.town.clock.now)
            return red.request_no if red else None

    def told(self, topic: str, kind: str) -> tuple[str, list[str]]:
        """Words and file names of one message."""
        words, attachments = self.letters.sent[f"{self.number}-{topic}-{kind}"]
        return words, [attachment.name for attachment in attachments]


@contextmanager
def make_case(tmp_path: Path) -> Iterator[Case]:
    """In a folder of its own."""
    town, tax, files, letters = make_town(tmp_path, invoices=SETTINGS), TaxDouble(), FilesDouble(), Letters()
    town.desk = replace(town.desk, tax=tax, files=files, mail=letters.mail(), sms=letters.sms())
    town.client.app.state["desk"] = town.desk
    person = town.person()
    issued = town.issued(person)
    person.prove(issued)
    yield Case(town, person, issued.business_no, tax, files, letters)
    town.desk.engine.dispose()
