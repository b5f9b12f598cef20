"""Order, files, mail and red invoice over real HTTP: the desk, the played tax platform and the mailbox on loopback."""

import email
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from tests.harness.desk.town import Town, make_town, sweep
from tests.harness.gateways.served import free_port, served
from tui.core.order import InvoiceStatus, PaymentStatus
from tui.desk.invoices.files import InvoiceFiles
from tui.desk.invoices.service import invoice, request_red_invoice
from tui.desk.invoices.view import InvoiceView, invoice_view
from tui.desk.notifications.smtp import Mailer, MailSettings
from tui.desk.platforms.nuonuo.platform import NuonuoPlatform
from tui.desk.platforms.nuonuo.settings import TaxPlatformSettings
from tui.desk.settings_reader import Password
from tui.desk.storage.database import reading, writing
from tui.desk.storage.records import ApplicationRecord
from tui.sandbox.authorities import make_tls
from tui.sandbox.gateways.tax.gateway import tax_app
from tui.sandbox.gateways.tax.keys import SERVICES_PATH, TOKEN_PATH, TaxKeys
from tui.sandbox.mailbox import Mailbox

KEYS = TaxKeys("SD12345678", "SD47B8D5F4D0468C", "91440300100012316L")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A desk whose tax platform and mail server are real servers."""
    tls, towns = tmp_path / "tls", list[Town]()
    make_tls(tls)
    chain, port = tls / "both.pem", free_port()
    chain.write_bytes((tls / "server.key").read_bytes() + (tls / "server.pem").read_bytes())
    mailbox = Mailbox(tmp_path / "mail", port, (tls / "server.pem", tls / "server.key"))
    mailbox.start()
    with served(tax_app(tmp_path / "tax", KEYS, clock=lambda: towns[0].clock.now), chain) as base:
        settings = TaxPlatformSettings(
            url=base + SERVICES_PATH,
            token_url=base + TOKEN_PATH,
            app_key=KEYS.app_key,
            app_secret=Password(KEYS.app_secret.encode()),
            seller_tax_number=KEYS.seller_tax_number,
            tax_code="3040201000000000000",
            token_cache=tmp_path / "token.json",
            file_hosts=(base.removeprefix("https://"),),
            ca_file=tls / "ca.pem",
        )
        mail = MailSettings(host="127.0.0.1", port=port, sender="ca@kiosk.example.com", ca_file=tls / "ca.pem")
        towns.append(make_town(tmp_path, invoices=settings, mail=mail))
        yield towns[0]
        desk = towns[0].desk
        desk.engine.dispose()
        assert isinstance(desk.tax, NuonuoPlatform)
        assert isinstance(desk.files, InvoiceFiles)
        assert isinstance(desk.mail, Mailer)
        desk.tax.close()
        desk.files.close()
        desk.mail.close()
    mailbox.stop()


def view_of(town: Town, number: str) -> InvoiceView:
    with reading(town.desk.engine) as db:
        view = invoice_view(db, number)
    assert view is not None
    return view


def attachments(town: Town, name: str) -> dict[str, bytes]:
    """Name and content of what a mail brought."""
    raw = (town.folder / "mail" / f"{name}@kiosk.example.com.eml").read_bytes()
    message = email.message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    parts = [(part.get_filename(), part.get_payload(decode=True)) for part in message.iter_attachments()]
    return {str(file): content for file, content in parts if isinstance(content, bytes)}


def test_an_invoice_comes_by_mail_and_is_taken_back(town: Town) -> None:
    person = town.person()
    issued = town.issued(person)
    number = issued.business_no
    person.prove(issued)
    for _ in range(2):
        invoice(town.desk, number)
    for _ in range(3):
        sweep(town, seconds=5)
    blue = view_of(town, number)
    assert [message.sent_at is not None for message in blue.messages] == [True, False]  # no SMS gateway here
    files = attachments(town, f"{number}-invoice-mail")
    assert list(files) == [f"{blue.number}.{kind}" for kind in ("xml", "pdf", "ofd")]
    assert files[f"{blue.number}.pdf"].startswith(b"%PDF-1.4")
    assert blue.number.encode() in files[f"{blue.number}.xml"]
    assert blue.status is InvoiceStatus.SENT

    with writing(town.desk.engine) as db:
        db.unit.get_one(ApplicationRecord, number, with_for_update=True).payment_status = PaymentStatus.REFUNDING
        request_red_invoice(db, number, town.clock.now)
    for _ in range(6):
        sweep(town, seconds=30)
    red = view_of(town, number)
    assert (red.status, red.red[0].state) == (InvoiceStatus.REDDENED, "issued")
    (xml,) = [
        content for name, content in attachments(town, f"{number}-red-invoice-mail").items() if name.endswith(".xml")
    ]
    assert f"被红冲蓝字数电票号码：{blue.number}".encode() in xml
