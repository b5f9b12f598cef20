"""The certificate of a paid application: asked for until the CA has issued it, or refuses for good."""

import logging
import secrets
from datetime import timedelta

from sqlalchemy import select

from tui.core.order import ApplicationStatus, AttemptState
from tui.desk.backoff import delay
from tui.desk.ca.port import IssuingFailed
from tui.desk.context import Desk
from tui.desk.crypto.certificates import open_certificate
from tui.desk.crypto.csr import read_request
from tui.desk.notifications.outbox import tell_failed, tell_issued
from tui.desk.payments.settling import give_back, review
from tui.desk.progress import Progress
from tui.desk.storage.database import writing
from tui.desk.storage.evidence import EvidenceRecord
from tui.desk.storage.records import ApplicationRecord, AttemptRecord

_LOG = logging.getLogger(__name__)
_LONGEST = timedelta(hours=1)


def issue(desk: Desk, business_no: str) -> Progress:
    """Let the CA issue, keep the certificate, tell the agent; a final refusal sends the money back.

    What was decided while the CA signed stands: a certificate for which the money went back is handed to nobody, and
    operators are told to have it revoked (`desk orders --revoke`).
    """
    with writing(desk.engine) as db:
        record = db.get_one(ApplicationRecord, business_no, with_for_update=True)
        if record.status is not ApplicationStatus.ISSUING:
            return Progress.DONE if record.certificate else Progress.OVER
        csr = db.get_one(EvidenceRecord, business_no).csr
        record.ca_asked = True
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
    now = desk.clock()
    with writing(desk.engine) as db:
        record = db.get_one(ApplicationRecord, business_no, with_for_update=True)
        if record.status is ApplicationStatus.ISSUING:
            record.certificate, record.challenge = certificate, secrets.token_bytes(32)
            record.status, record.issued_at, record.withheld_serial = ApplicationStatus.ISSUED, now, ""
            tell_issued(db, record, now)
        elif not record.certificate:
            record.withheld_serial = f"{open_certificate(certificate).serial:x}"
            _LOG.critical("certificate %s of %s was signed, and nobody gets it", record.withheld_serial, business_no)
    return Progress.DONE if record.certificate else Progress.OVER


def _put_off(desk: Desk, business_no: str) -> None:
    with writing(desk.engine) as db:
        record = db.get_one(ApplicationRecord, business_no, with_for_update=True)
        if record.status is ApplicationStatus.ISSUING:
            record.issue_tries += 1
            record.next_issue_at = desk.clock() + delay(record.issue_tries, longest=_LONGEST)


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
