"""The workflow's acts on one application, each safe to repeat: issue, invoice, and reading where it stands."""

import logging
import secrets
from enum import StrEnum

from cryptography import x509
from sqlalchemy import select

from tui.core.order import ApplicationStatus, AttemptState, InvoiceStatus, PaymentStatus
from tui.desk.ca.port import IssuingFailed
from tui.desk.database import reading, writing
from tui.desk.desk import Desk
from tui.desk.invoices import InvoiceLine, InvoiceOrder, InvoiceOutcome, InvoiceState, TaxPlatformDown
from tui.desk.pricing import FEE_NAME
from tui.desk.records import ApplicationRecord, AttemptRecord, EvidenceRecord, InvoiceRecord, OrderRecord
from tui.desk.settling import give_back, review
from tui.desk.telling import tell_failed, tell_invoice, tell_issued
from tui.desk.views import form_of, invoice_of

_LOG = logging.getLogger(__name__)


class Progress(StrEnum):
    """What came of one act."""

    DONE = "done"
    LATER = "later"
    """Not yet: try again."""
    OVER = "over"
    """Never."""


def status_of(desk: Desk, business_no: str) -> ApplicationStatus:
    """Where the application stands."""
    with reading(desk.engine) as db:
        return db.get_one(ApplicationRecord, business_no).status


def issue(desk: Desk, business_no: str) -> Progress:
    """Let the CA issue, keep the certificate, tell the agent; a final refusal sends the money back."""
    with reading(desk.engine) as db:
        record = db.get_one(ApplicationRecord, business_no)
        csr = db.get_one(EvidenceRecord, business_no).csr
    if record.status is not ApplicationStatus.ISSUING:
        return Progress.DONE if record.certificate else Progress.OVER
    try:
        certificate = desk.ca.issue(business_no, csr, record.old_certificate, record.new_not_after)
        _check_issued(certificate, csr)
    except IssuingFailed as error:
        _LOG.error("issuing %s: %s", business_no, error.text)
        if not error.final:
            return Progress.LATER
        _fail(desk, business_no)
        return Progress.OVER
    now = desk.clock()
    with writing(desk.engine) as db:
        record = db.get_one(ApplicationRecord, business_no, with_for_update=True)
        if record.status is ApplicationStatus.ISSUING:
            record.certificate, record.challenge = certificate, secrets.token_bytes(32)
            record.status, record.issued_at = ApplicationStatus.ISSUED, now
            tell_issued(db, record, now)
    return Progress.DONE


def invoice(desk: Desk, business_no: str) -> Progress:
    """Order the e-invoice or ask after it; once issued, send its number and link to the agent."""
    with reading(desk.engine) as db:
        record = db.get_one(ApplicationRecord, business_no)
        order = db.scalars(select(OrderRecord).where(OrderRecord.business_no == business_no)).one()
    buyer, platform, settings = invoice_of(record), desk.tax, desk.settings.invoices
    if platform is None or settings is None or buyer is None or record.payment_status is not PaymentStatus.PAID:
        return Progress.OVER
    form = form_of(record)
    try:
        outcome = platform.query(business_no) or platform.issue(
            InvoiceOrder(
                business_no,
                settings.seller,
                buyer.title,
                buyer.tax_number,
                form.agent_mobile,
                form.agent_email,
                (InvoiceLine(FEE_NAME, order.quantity, order.unit_fen, settings.tax_code),),
                order.total_fen,
                settings.tax_rate,
            )
        )
    except TaxPlatformDown as error:
        _LOG.warning("invoice of %s: %s", business_no, error)
        return Progress.LATER
    return _keep_invoice(desk, business_no, outcome)


def _keep_invoice(desk: Desk, business_no: str, outcome: InvoiceOutcome) -> Progress:
    now = desk.clock()
    with writing(desk.engine) as db:
        record = db.get_one(ApplicationRecord, business_no, with_for_update=True)
        kept = db.get(InvoiceRecord, business_no)
        if kept is None:
            kept = InvoiceRecord(business_no=business_no, number="", pdf_url="", requested_at=now, failure="")
            db.add(kept)
        match outcome.state:
            case InvoiceState.PENDING:
                record.invoice_status = InvoiceStatus.PENDING
                return Progress.LATER
            case InvoiceState.FAILED:
                _LOG.error("invoice of %s was refused", business_no)
                record.invoice_status, kept.failure = InvoiceStatus.FAILED, outcome.text[:255]
                return Progress.OVER
            case InvoiceState.ISSUED:
                record.invoice_status = InvoiceStatus.SENT
                kept.number, kept.pdf_url, kept.issued_at = outcome.number, outcome.pdf_url, now
                tell_invoice(db, record, kept, now)
                return Progress.DONE


def _check_issued(certificate: bytes, csr: bytes) -> None:
    issued, request = x509.load_der_x509_certificate(certificate), x509.load_pem_x509_csr(csr)
    if issued.public_key() != request.public_key():
        raise IssuingFailed("the issued certificate has another key", final=True)
    if issued.subject.public_bytes() != request.subject.public_bytes():
        raise IssuingFailed("the issued certificate has another subject", final=True)


def _fail(desk: Desk, business_no: str) -> None:
    now = desk.clock()
    with writing(desk.engine) as db:
        record = db.get_one(ApplicationRecord, business_no, with_for_update=True)
        if record.status is not ApplicationStatus.ISSUING:
            return
        record.status = ApplicationStatus.FAILED
        paid = AttemptRecord.business_no == business_no, AttemptRecord.state == AttemptState.PAID
        for attempt in db.scalars(select(AttemptRecord).where(*paid)):
            attempt.state = AttemptState.REFUNDING
            give_back(db, record, attempt, "issuing_failed", now)
        tell_failed(db, record, now)
        review(db, record)
