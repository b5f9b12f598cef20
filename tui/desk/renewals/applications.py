"""The renewal's rules at the desk: the draft, the signed request, the proof."""

import hashlib
import json
from datetime import datetime

import msgspec

from tui.core.application import check, normalise
from tui.core.beijing import beijing
from tui.core.certificate import Certificate
from tui.core.failure import Reason
from tui.core.order import Application, ApplicationStatus, Term
from tui.core.policy import KeyPolicy
from tui.desk.context import Desk
from tui.desk.crypto.certificates import read_certificate
from tui.desk.invoices.service import order
from tui.desk.numbers import number
from tui.desk.refusals import Refused
from tui.desk.renewals.accounts import bind
from tui.desk.renewals.admission import admit
from tui.desk.renewals.documents import documents
from tui.desk.renewals.evidence import verify_proof, verify_request
from tui.desk.renewals.half_filled import forget_form, keep
from tui.desk.renewals.pricing import fee_line, terms
from tui.desk.renewals.views import Dossier, application_view, load_dossier, view
from tui.desk.storage.database import reading
from tui.desk.storage.evidence import EvidenceRecord, KeyRecord
from tui.desk.storage.inserts import add
from tui.desk.storage.records import ApplicationRecord, OrderRecord
from tui.desk.storage.rows import load, new, seek
from tui.desk.storage.rows import save as save_row
from tui.desk.storage.transactions import Transaction
from tui.deskclient.wire import FormRequest, ProofRequest, SaveRequest, SubmitRequest


def save(desk: Desk, db: Transaction, account: str, request: SaveRequest) -> Application:
    """Create the draft or revise it; a live application past the draft is answered as it is.

    :raises Refused: not renewable, FORM_INVALID, AGREEMENT_CHANGED or PRICE_CHANGED.
    """
    now = desk.clock()
    shown, live = admit(desk, db, account, request.certificate, now)
    if live is not None:  # another kiosk may have handed it in meanwhile
        live = load(db.connection(), ApplicationRecord, live.business_no, lock=True)
    if live is None or live.status is ApplicationStatus.DRAFT:
        term = _check(desk, request, shown)
        live = live or _new(desk, account, shown, now)
        _fill(live, request, term)
        save_row(db, live)
        forget_form(db, live.fingerprint)
        add(db, new(KeyRecord, spki=shown.spki, business_no=""))
    return application_view(db, live, now)


def keep_form(desk: Desk, db: Transaction, account: str, request: FormRequest) -> None:
    """Keep the form as far as it is filled; an application past its draft has no use for it.

    :raises Refused: not renewable, or FORM_INVALID for what cannot be stored.
    """
    now = desk.clock()
    shown, live = admit(desk, db, account, request.certificate, now)
    if live is None or live.status is ApplicationStatus.DRAFT:
        keep(db, account, shown.fingerprint, request.form, now)


def submit(desk: Desk, db: Transaction, account: str, business_no: str, request: SubmitRequest) -> Application:
    """Verify the signed request and make the order; the same request may come again.

    :raises Refused: REQUEST_REFUSED, KEY_REUSED, KEY_UNSUPPORTED, CERTIFICATE_EXPIRED, TERM_TOO_LONG or
        APPLICATION_MOVED_ON.
    """
    now = desk.clock()
    record = own(db, account, business_no)
    if record.status is not ApplicationStatus.DRAFT:
        known = db.unit.get(EvidenceRecord, business_no)
        if known is None or known.csr != request.csr:
            raise Refused(Reason.APPLICATION_MOVED_ON, record.status.value)
        return application_view(db, record, now)
    if record.new_not_after > desk.ca.not_after:
        raise Refused(Reason.TERM_TOO_LONG)
    made = _accept(db, record, request, now)
    return view(Dossier(record, made, None, ()), now)


def see(desk: Desk, account: str, business_no: str) -> Application:
    """The application as it is now; reads only.

    :raises Refused: APPLICATION_MISSING.
    """
    with reading(desk.engine) as db:
        found = load_dossier(db, business_no)
    if found is None or found.record.account != account:
        raise Refused(Reason.APPLICATION_MISSING)
    return view(found, desk.clock())


def prove(desk: Desk, db: Transaction, account: str, business_no: str, request: ProofRequest) -> Application:
    """Complete the application when the new key's signature verifies.

    :raises Refused: PROOF_REFUSED or APPLICATION_MOVED_ON.
    """
    now = desk.clock()
    record = own(db, account, business_no)
    if record.status not in (ApplicationStatus.ISSUED, ApplicationStatus.INSTALLED):
        raise Refused(Reason.APPLICATION_MOVED_ON, record.status.value)
    verify_proof(record, request.signature)
    if record.status is ApplicationStatus.ISSUED:
        record.become(ApplicationStatus.INSTALLED)
        record.installed_at = now
        order(desk, db, record)
        save_row(db, record)
        bind(db, account, read_certificate(record.certificate).fingerprint)
    return application_view(db, record, now)


def own(db: Transaction, account: str, business_no: str, *, lock: bool = True) -> ApplicationRecord:
    """The account's application, locked until the transaction ends where the database can.

    :raises Refused: APPLICATION_MISSING, also when it is somebody else's.
    """
    record = seek(db.connection(), ApplicationRecord, business_no, lock=lock)
    if record is None or record.account != account:
        raise Refused(Reason.APPLICATION_MISSING)
    return record


def _check(desk: Desk, request: SaveRequest, shown: Certificate) -> Term:
    agreement = documents().agreement
    if (request.agreement_version, request.agreement_digest) != (agreement.version, agreement.digest):
        raise Refused(Reason.AGREEMENT_CHANGED)
    offered = {term.months: term for term in terms(desk.settings.prices, shown.not_after, desk.ca.not_after)}
    if errors := check(normalise(request.form), tuple(offered), beijing(desk.clock()).date()):
        raise Refused(Reason.FORM_INVALID, field_errors=tuple((name, error.value) for name, error in errors))
    term = offered[request.form.term_months]
    if term.fee_fen != request.fee_fen:
        raise Refused(Reason.PRICE_CHANGED)
    return term


def _new(desk: Desk, account: str, shown: Certificate, now: datetime) -> ApplicationRecord:
    return new(
        ApplicationRecord,
        business_no=number("YW", now),
        account=account,
        fingerprint=shown.fingerprint,
        old_certificate=shown.der,
        old_not_after=shown.not_after,
        status=ApplicationStatus.DRAFT,
        challenge=b"",
        certificate=b"",
        key_policy=desk.settings.ca.key_policy,
        old_pair=desk.settings.ca.old_pair,
        scheme=desk.settings.ca.signature,
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
        "key_policy": record.key_policy.value,
        "agreement": {"version": record.agreement_version, "sha256": record.agreement_digest},
        "form": msgspec.to_builtins(form),
        "fee_fen": term.fee_fen,
        "not_after": term.not_after.isoformat(),
    }
    record.statement = json.dumps(statement, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _accept(db: Transaction, record: ApplicationRecord, request: SubmitRequest, now: datetime) -> OrderRecord:
    if now > record.old_not_after:
        raise Refused(Reason.CERTIFICATE_EXPIRED)
    _claim(db, record, verify_request(request, record).spki)
    evidence = new(
        EvidenceRecord, business_no=record.business_no, csr=request.csr, cms=request.evidence, created_at=now
    )
    save_row(db, evidence)
    months = msgspec.json.decode(record.form)["term_months"]
    line = fee_line(Term(months, record.fee_fen, 0, record.new_not_after))
    order = new(
        OrderRecord,
        order_no=number("DD", now),
        business_no=record.business_no,
        created_at=now,
        unit_fen=line.unit_fen,
        quantity=line.quantity,
        total_fen=line.subtotal_fen,
    )
    save_row(db, order)
    record.become(ApplicationStatus.ENTERED)
    save_row(db, record)
    return order


def _claim(db: Transaction, record: ApplicationRecord, spki: str) -> None:
    """The key becomes this application's."""
    if add(db, new(KeyRecord, spki=spki, business_no=record.business_no)):
        return
    seen = db.unit.get_one(KeyRecord, spki, with_for_update=True)
    keeps = record.key_policy is KeyPolicy.KEEP and _inherits(db, record, seen)
    if seen.business_no != record.business_no and not keeps:
        raise Refused(Reason.KEY_REUSED)
    seen.business_no = record.business_no


def _inherits(db: Transaction, record: ApplicationRecord, seen: KeyRecord) -> bool:
    """Whether the certificate to be renewed is the one for which the key was requested last, or came of that."""
    if not seen.business_no:
        return True
    last = db.unit.get_one(ApplicationRecord, seen.business_no)
    issued = hashlib.sha256(last.certificate).hexdigest()
    return record.fingerprint in (last.fingerprint, issued)
