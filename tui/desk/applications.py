"""The renewal's rules at the desk: who may renew what, the draft, the signed request, withdrawal, the proof."""

import json
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from tui.core.application import check, normalise
from tui.core.certificate import Certificate, CertificateState
from tui.core.failure import Reason
from tui.core.order import LIVE, Application, ApplicationStatus, Offer, Term
from tui.desk.accounts import bind
from tui.desk.certificates import read_certificate
from tui.desk.clock import number
from tui.desk.database import reading, writing
from tui.desk.desk import Desk
from tui.desk.documents import documents
from tui.desk.evidence import verify_proof, verify_request
from tui.desk.pricing import fee_line, terms
from tui.desk.records import ApplicationRecord, BindingRecord, EvidenceRecord, KeyRecord, OrderRecord
from tui.desk.refusals import Refused
from tui.desk.views import application_view
from tui.wire import ProofRequest, SaveRequest, SubmitRequest

_CLOSED_DOORS = {
    CertificateState.EXPIRED: Reason.CERTIFICATE_EXPIRED,
    CertificateState.VALID: Reason.TOO_EARLY,
    CertificateState.NOT_YET_VALID: Reason.NOT_YET_VALID,
    CertificateState.UNSUPPORTED: Reason.KEY_UNSUPPORTED,
    CertificateState.UNREADABLE: Reason.CERTIFICATE_UNREADABLE,
}


def make_offer(desk: Desk, account: str, certificate: bytes) -> Offer:
    """What this account may buy for this certificate, and the live application if there is one.

    :raises Refused: the certificate cannot be renewed, or not by this account.
    """
    now = desk.clock()
    with reading(desk.engine) as db:
        shown, live = _admit(desk, db, account, certificate, now)
        view = application_view(db, live, now) if live else None
    return Offer(terms(desk.settings.prices, shown.not_after), view, desk.settings.window_days)


def save(desk: Desk, account: str, request: SaveRequest) -> Application:
    """Create the draft or revise it; a live application past the draft is answered as it is.

    :raises Refused: not renewable, FORM_INVALID, AGREEMENT_CHANGED or PRICE_CHANGED.
    """
    now = desk.clock()
    with writing(desk.engine) as db:
        shown, live = _admit(desk, db, account, request.certificate, now)
        if live is None or live.status is ApplicationStatus.DRAFT:
            term = _check(desk, request, shown)
            live = live or _new(desk, account, shown, now)
            _fill(live, request, term)
            db.add(live)
            if db.get(KeyRecord, shown.spki) is None:
                db.add(KeyRecord(spki=shown.spki, business_no=""))
            db.flush()
        return application_view(db, live, now)


def submit(desk: Desk, account: str, business_no: str, request: SubmitRequest) -> Application:
    """Verify the signed request, make the order and start the renewal's workflow; the same request may come again.

    :raises Refused: REQUEST_REFUSED, KEY_REUSED, KEY_UNSUPPORTED, CERTIFICATE_EXPIRED or APPLICATION_MOVED_ON.
    """
    now = desk.clock()
    with writing(desk.engine) as db:
        record = own(db, account, business_no)
        if record.status is not ApplicationStatus.DRAFT:
            known = db.get(EvidenceRecord, business_no)
            if known is None or known.csr != request.csr:
                raise Refused(Reason.APPLICATION_MOVED_ON, record.status.value)
            view = application_view(db, record, now)
        else:
            _accept(db, record, request, now)
            db.flush()
            view = application_view(db, record, now)
    desk.signals.begin(business_no)
    return view


def see(desk: Desk, account: str, business_no: str) -> Application:
    """The application as it is now; reads only.

    :raises Refused: APPLICATION_MISSING.
    """
    with reading(desk.engine) as db:
        return application_view(db, own(db, account, business_no, lock=False), desk.clock())


def prove(desk: Desk, account: str, business_no: str, request: ProofRequest) -> Application:
    """Complete the application when the new key's signature verifies.

    :raises Refused: PROOF_REFUSED or APPLICATION_MOVED_ON.
    """
    now = desk.clock()
    with writing(desk.engine) as db:
        record = own(db, account, business_no)
        if record.status not in (ApplicationStatus.ISSUED, ApplicationStatus.INSTALLED):
            raise Refused(Reason.APPLICATION_MOVED_ON, record.status.value)
        verify_proof(business_no, record.certificate, record.challenge, request.signature)
        if record.status is ApplicationStatus.ISSUED:
            record.status, record.installed_at = ApplicationStatus.INSTALLED, now
            bind(db, account, read_certificate(record.certificate).fingerprint)
            db.flush()
        view = application_view(db, record, now)
    desk.signals.wake(business_no)
    return view


def own(db: Session, account: str, business_no: str, *, lock: bool = True) -> ApplicationRecord:
    """The account's application, locked until the transaction ends where the database can.

    :raises Refused: APPLICATION_MISSING, also when it is somebody else's.
    """
    record = db.get(ApplicationRecord, business_no, with_for_update=lock)
    if record is None or record.account != account:
        raise Refused(Reason.APPLICATION_MISSING)
    return record


def _admit(
    desk: Desk, db: Session, account: str, der: bytes, now: datetime
) -> tuple[Certificate, ApplicationRecord | None]:
    """The certificate and its live application, after every rule of who may renew what."""
    shown = read_certificate(der)
    if not desk.ca.recognises(der):
        raise Refused(Reason.FOREIGN_CERTIFICATE)
    bound = db.get(BindingRecord, shown.fingerprint)
    if bound is None or bound.account != account:
        raise Refused(Reason.NOT_THE_APPLICANT)
    of_certificate = select(ApplicationRecord).where(ApplicationRecord.fingerprint == shown.fingerprint)
    live = db.scalar(of_certificate.where(ApplicationRecord.status.in_(LIVE)))
    if live is not None and live.account != account:  # the certificate was bound to another account meanwhile
        raise Refused(Reason.NOT_THE_APPLICANT)
    if live is not None and live.status is not ApplicationStatus.DRAFT:
        return shown, live
    if db.scalar(of_certificate.where(ApplicationRecord.status == ApplicationStatus.INSTALLED).limit(1)):
        raise Refused(Reason.ALREADY_RENEWED)
    state = shown.state(now, timedelta(days=desk.settings.window_days))
    if state is not CertificateState.RENEWABLE:
        raise Refused(_CLOSED_DOORS[state])
    return shown, live


def _check(desk: Desk, request: SaveRequest, shown: Certificate) -> Term:
    agreement = documents().agreement
    if (request.agreement_version, request.agreement_digest) != (agreement.version, agreement.digest):
        raise Refused(Reason.AGREEMENT_CHANGED)
    offered = {term.months: term for term in terms(desk.settings.prices, shown.not_after)}
    if errors := check(normalise(request.form), tuple(offered)):
        raise Refused(Reason.FORM_INVALID, field_errors=tuple((name, error.value) for name, error in errors))
    term = offered[request.form.term_months]
    if term.fee_fen != request.fee_fen:
        raise Refused(Reason.PRICE_CHANGED)
    return term


def _new(desk: Desk, account: str, shown: Certificate, now: datetime) -> ApplicationRecord:
    return ApplicationRecord(
        business_no=number("YW", now),
        account=account,
        fingerprint=shown.fingerprint,
        old_certificate=shown.der,
        old_not_after=shown.not_after,
        status=ApplicationStatus.DRAFT,
        challenge=b"",
        certificate=b"",
        created_at=now,
    )


def _fill(record: ApplicationRecord, request: SaveRequest, term: Term) -> None:
    form = normalise(request.form)
    record.form = msgspec.json.encode(form)
    record.fee_fen, record.new_not_after = term.fee_fen, term.not_after
    record.agreement_version, record.agreement_digest = request.agreement_version, request.agreement_digest
    statement = {
        "business_no": record.business_no,
        "certificate": record.fingerprint,
        "agreement": {"version": record.agreement_version, "sha256": record.agreement_digest},
        "form": msgspec.to_builtins(form),
        "fee_fen": term.fee_fen,
        "not_after": term.not_after.isoformat(),
    }
    record.statement = json.dumps(statement, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _accept(db: Session, record: ApplicationRecord, request: SubmitRequest, now: datetime) -> None:
    if now > record.old_not_after:
        raise Refused(Reason.CERTIFICATE_EXPIRED)
    proved = verify_request(request, record.statement.decode(), record.old_certificate)
    seen = db.get(KeyRecord, proved.spki)
    if seen is not None and seen.business_no != record.business_no:
        raise Refused(Reason.KEY_REUSED)
    db.merge(KeyRecord(spki=proved.spki, business_no=record.business_no))
    db.add(EvidenceRecord(business_no=record.business_no, csr=request.csr, cms=request.evidence, created_at=now))
    months = msgspec.json.decode(record.form)["term_months"]
    line = fee_line(Term(months, record.fee_fen, 0, record.new_not_after))
    db.add(
        OrderRecord(
            order_no=number("DD", now),
            business_no=record.business_no,
            created_at=now,
            unit_fen=line.unit_fen,
            quantity=line.quantity,
            total_fen=line.subtotal_fen,
        )
    )
    record.status = ApplicationStatus.ENTERED
