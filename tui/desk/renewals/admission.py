"""Who may renew what: the rules before an application, and the ways back to one under way."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, or_, select

from tui.core.certificate import RENEWABLE_KEYS, Certificate, CertificateState
from tui.core.eligibility import REFUSALS
from tui.core.failure import Reason
from tui.core.order import LIVE, ApplicationStatus, Offer
from tui.core.policy import KeyPolicy
from tui.desk.context import Desk
from tui.desk.crypto.certificates import open_certificate, read_certificate
from tui.desk.crypto.csr import UnfitKey, certifiable
from tui.desk.refusals import Refused
from tui.desk.renewals.half_filled import kept_form
from tui.desk.renewals.pricing import terms
from tui.desk.renewals.views import application_view
from tui.desk.storage.evidence import KeyRecord
from tui.desk.storage.records import AccountRecord, ApplicationRecord, BindingRecord
from tui.desk.storage.rows import row
from tui.desk.storage.statements import ask
from tui.desk.storage.transactions import Transaction

_SPKI = re.compile(r"[0-9a-f]{64}")
_OVER = frozenset({Reason.ALREADY_RENEWED, Reason.TOO_EARLY, Reason.NOT_YET_VALID})
"""What an old certificate, or a new one, is refused for when its renewal is finished."""


def make_offer(desk: Desk, db: Transaction, account: str, certificate: bytes, *, finished: bool = False) -> Offer:
    """What this account may buy for this certificate, and the live application if there is one.

    With `finished` the account's own finished renewal of it, or to it, is told in place of being refused.

    :raises Refused: the certificate cannot be renewed, or not by this account.
    """
    now = desk.clock()
    try:
        shown, live = admit(desk, db, account, certificate, now)
    except Refused as refused:
        done = _finished(db, account, certificate) if finished and refused.reason in _OVER else None
        if done is None:
            raise
        return Offer((), application_view(db, done, now), desk.settings.window_days)
    view = application_view(db, live, now) if live else None
    form = kept_form(db, account, shown.fingerprint, live, now)
    ends = live.old_not_after if live else shown.not_after
    return Offer(terms(desk.settings.prices, ends, desk.ca.not_after), view, desk.settings.window_days, form)


def find_by_key(desk: Desk, db: Transaction, account: str, spki: str) -> Offer:
    """The account's application whose certificate waits for a key that is kept, and nothing to buy.

    `spki` is a SHA-256 over SubjectPublicKeyInfo in hex. A token whose write was cut off may hold the key alone.

    :raises Refused: NO_CERTIFICATE, the same for an unknown key, another account's and another status.
    """
    key = db.unit.get(KeyRecord, spki) if _SPKI.fullmatch(spki) else None
    record = db.unit.get(ApplicationRecord, key.business_no) if key else None
    if (
        record is None
        or (record.status, record.key_policy) != (ApplicationStatus.ISSUED, KeyPolicy.KEEP)
        or not _may_renew(db, account, record.fingerprint)
        or record.account != account
    ):
        raise Refused(Reason.NO_CERTIFICATE)
    return Offer((), application_view(db, record, desk.clock()), desk.settings.window_days)


def admit(
    desk: Desk, db: Transaction, account: str, der: bytes, now: datetime
) -> tuple[Certificate, ApplicationRecord | None]:
    """The certificate (DER) and its live application, after every rule of who may renew what.

    A new certificate that is not proved yet leads back to its application.

    :raises Refused: the certificate cannot be renewed, or not by this account.
    """
    shown = read_certificate(der)
    if not desk.ca.recognises(der):  # which tells nothing of an SM2 certificate, whose signature cannot be verified
        raise Refused(Reason.FOREIGN_CERTIFICATE if shown.key in RENEWABLE_KEYS else Reason.KEY_UNSUPPORTED)
    known = _known(db, account, shown)
    if not known.may_renew:
        raise Refused(Reason.NOT_THE_APPLICANT)
    if known.unproved is not None:
        return shown, known.unproved
    live = known.live
    if live is not None and live.account != account:  # the certificate was bound to another account meanwhile
        raise Refused(Reason.NOT_THE_APPLICANT)
    if live is not None and live.status is not ApplicationStatus.DRAFT:
        return shown, live
    if known.is_renewed:
        raise Refused(Reason.ALREADY_RENEWED)
    state = shown.state(now, timedelta(days=desk.settings.window_days))
    if state is not CertificateState.RENEWABLE:
        raise Refused(REFUSALS[state])
    if (live.key_policy if live else desk.settings.ca.key_policy) is KeyPolicy.KEEP:
        _check_kept_key(der)
    if flaw := desk.ca.flaw(der):
        raise Refused(Reason.CERTIFICATE_MALFORMED, flaw)
    if not terms(desk.settings.prices, shown.not_after, desk.ca.not_after):
        raise Refused(Reason.NO_TERM_LEFT)
    return shown, live


@dataclass(frozen=True, slots=True)
class _Known:
    """What the desk knows of a certificate and the account that shows it."""

    unproved: ApplicationRecord | None
    """The account's application that issued it."""
    live: ApplicationRecord | None
    """The one that renews it, of any account."""
    is_renewed: bool
    may_renew: bool
    """The account applied for it, or for the one before it that is not replaced yet."""


_ACCOUNT = bindparam("account", type_=ApplicationRecord.account.type)
_FINGERPRINT = bindparam("fingerprint", type_=ApplicationRecord.fingerprint.type)
_CAME_OF = and_(
    ApplicationRecord.account == _ACCOUNT,
    ApplicationRecord.status == ApplicationStatus.ISSUED,
    ApplicationRecord.certificate == bindparam("certificate"),
)
_COUNTS = or_(*(ApplicationRecord.status == status for status in sorted({*LIVE, ApplicationStatus.INSTALLED})))
_KNOWN = (
    select(*ApplicationRecord.__table__.columns, BindingRecord.fingerprint)
    .select_from(AccountRecord)
    .outerjoin(ApplicationRecord, or_(_CAME_OF, and_(ApplicationRecord.fingerprint == _FINGERPRINT, _COUNTS)))
    .outerjoin(
        BindingRecord,
        and_(
            BindingRecord.account == _ACCOUNT,
            BindingRecord.fingerprint == func.coalesce(ApplicationRecord.fingerprint, _FINGERPRINT),
        ),
    )
    .where(AccountRecord.name == _ACCOUNT)
)
"""Applications and bindings in one statement; the account, whose row is there, is only what they are joined to."""


def _known(db: Transaction, account: str, shown: Certificate) -> _Known:
    values = {"account": account, "fingerprint": shown.fingerprint, "certificate": shown.der}
    rows = ask(db.connection(), _KNOWN, values)
    records: list[ApplicationRecord] = [
        row(ApplicationRecord, columns) for *columns, _ in rows if columns[0] is not None
    ]
    mine = [record for record in records if record.fingerprint != shown.fingerprint]
    of_it = [record for record in records if record.fingerprint == shown.fingerprint]
    bound = {fingerprint for *_, fingerprint in rows}
    unproved = next(iter(mine), None)
    return _Known(
        unproved,
        next((record for record in of_it if record.status in LIVE), None),
        any(record.status is ApplicationStatus.INSTALLED for record in of_it),
        (unproved.fingerprint if unproved else shown.fingerprint) in bound,
    )


def _check_kept_key(der: bytes) -> None:
    """The key to be certified again is the old one: what a request is refused for is told before anything is asked."""
    try:
        certifiable(open_certificate(der).key)
    except UnfitKey as error:
        raise Refused(Reason.KEY_UNSUPPORTED, str(error)) from error


def _finished(db: Transaction, account: str, der: bytes) -> ApplicationRecord | None:
    """The renewal that this certificate went into or came out of, if it was this account's."""
    either = or_(
        ApplicationRecord.fingerprint == hashlib.sha256(der).hexdigest(),
        ApplicationRecord.certificate == der,
    )
    mine = ApplicationRecord.account == account, ApplicationRecord.status == ApplicationStatus.INSTALLED
    return db.unit.scalar(
        select(ApplicationRecord).where(either, *mine).order_by(ApplicationRecord.installed_at.desc()).limit(1)
    )


def _may_renew(db: Transaction, account: str, fingerprint: str) -> bool:
    """Whether the account applied for the certificate."""
    bound = db.unit.get(BindingRecord, fingerprint)
    return bound is not None and bound.account == account
