"""The certificate of a paid application: asked for until the CA has issued it, or refuses for good."""

import logging
import secrets
from datetime import timedelta

from sqlalchemy import bindparam, select

from tui.core.order import ApplicationStatus
from tui.desk.backoff import delay
from tui.desk.ca.port import IssuingFailed
from tui.desk.context import Desk
from tui.desk.crypto.certificates import open_certificate
from tui.desk.crypto.csr import read_request
from tui.desk.notifications.outbox import tell_failed, tell_issued
from tui.desk.payments.apply import locked
from tui.desk.payments.machine.events import Issued, IssueRefused
from tui.desk.payments.machine.refusals import Refusal
from tui.desk.progress import Progress
from tui.desk.storage.database import writing
from tui.desk.storage.evidence import EvidenceRecord
from tui.desk.storage.records import ApplicationRecord
from tui.desk.storage.rows import load, row, save
from tui.desk.storage.statements import ask

_LOG = logging.getLogger(__name__)
_LONGEST = timedelta(hours=1)
_REQUESTED = (
    select(*ApplicationRecord.__table__.columns, EvidenceRecord.csr)
    .join(EvidenceRecord, EvidenceRecord.business_no == ApplicationRecord.business_no)
    .where(ApplicationRecord.business_no == bindparam("number"))
    .with_for_update(of=ApplicationRecord)
)
"""An application that is entered, locked, with its request, which never changes."""


def issue(desk: Desk, business_no: str) -> Progress:
    """Let the CA issue, keep the certificate, tell the agent; a final refusal sends the money back.

    What was decided while the CA signed stands: a certificate for which the money went back is handed to nobody, and
    operators are told to have it revoked (`desk orders --revoke`).
    """
    with writing(desk.engine) as db:
        ((*columns, csr),) = ask(db.connection(), _REQUESTED, {"number": business_no})
        record = row(ApplicationRecord, columns)
        if record.status is not ApplicationStatus.ISSUING:
            return Progress.DONE if record.certificate else Progress.OVER
        record.ca_asked = True
        save(db, record)
    try:
        certificate = desk.ca.issue(business_no, csr, record.old_certificate, record.new_not_after)
        _check_issued(certificate, csr)
    except IssuingFailed as error:
        _LOG.error("issuing %s: %s", business_no, error.text)
        if not error.final:
            _put_off(desk, business_no)
            return Progress.LATER
        _fail(desk, business_no)
        return Progress.OVER
    with locked(desk, business_no) as held:
        record = held.application
        if not isinstance(held.apply(Issued()), Refusal):
            record.certificate, record.challenge, record.withheld_serial = certificate, secrets.token_bytes(32), ""
            tell_issued(held.db, record, held.now)
        elif certificate != record.certificate:
            serial = f"{open_certificate(certificate).serial:x}"
            _LOG.critical("certificate %s of %s was signed, and nobody gets it", serial, business_no)
            if not record.certificate:
                record.withheld_serial = serial
    return Progress.DONE if record.certificate else Progress.OVER


def _put_off(desk: Desk, business_no: str) -> None:
    with writing(desk.engine) as db:
        record = load(db.connection(), ApplicationRecord, business_no, lock=True)
        if record.status is ApplicationStatus.ISSUING:
            record.issue_tries += 1
            record.next_issue_at = desk.clock() + delay(record.issue_tries, longest=_LONGEST)
            save(db, record)


def _check_issued(certificate: bytes, csr: bytes) -> None:
    try:
        issued, request = open_certificate(certificate), read_request(csr)
    except ValueError as error:
        raise IssuingFailed("the certificate or its request cannot be read", final=True) from error
    if issued.key != request.key:
        raise IssuingFailed("the issued certificate has another key", final=True)
    if issued.parts.subject != request.subject:
        raise IssuingFailed("the issued certificate has another subject", final=True)


def _fail(desk: Desk, business_no: str) -> None:
    with locked(desk, business_no) as held:
        if not isinstance(held.apply(IssueRefused()), Refusal):
            tell_failed(held.db, held.application, desk.settings.hotline, held.now)
