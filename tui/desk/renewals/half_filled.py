"""Forms that are being filled: kept for the account and the certificate, until the application is made or days pass."""

from dataclasses import fields
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import ForeignKey, bindparam, delete
from sqlalchemy.orm import Mapped, mapped_column

from tui.core.application import normalise
from tui.core.failure import Reason
from tui.core.form.characters import has_unusable
from tui.core.form.fields import ApplicationForm
from tui.core.form.kinds import FieldError
from tui.core.order import ApplicationStatus
from tui.desk.refusals import Refused
from tui.desk.storage.inserts import put
from tui.desk.storage.records import ApplicationRecord, Record
from tui.desk.storage.rows import new, seek
from tui.desk.storage.sealed import Sealed
from tui.desk.storage.statements import tell
from tui.desk.storage.transactions import Transaction

KEPT = timedelta(days=7)
"""After the last change."""
LONGEST = 400
"""Characters of a field; no screen takes more."""


class HalfFilledRecord(Record):
    """What one account typed for one certificate; the latest visit's."""

    __tablename__ = "half_filled_forms"
    __sealed_by__ = ("fingerprint", "account")
    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    """Of the certificate to be renewed."""
    account: Mapped[str] = mapped_column(ForeignKey("accounts.name"))
    form: Mapped[bytes] = mapped_column(Sealed("half_filled_forms.form"))
    saved_at: Mapped[datetime] = mapped_column(index=True)


_FORGOTTEN = delete(HalfFilledRecord).where(HalfFilledRecord.fingerprint == bindparam("number"))


def keep(db: Transaction, account: str, fingerprint: str, typed: ApplicationForm, now: datetime) -> None:
    """Keep what was typed so far, normalised, in the place of what was kept before.

    :raises Refused: FORM_INVALID for what cannot be stored.
    """
    form = normalise(typed)
    if errors := _unstorable(form):
        raise Refused(Reason.FORM_INVALID, field_errors=errors)
    encoded = msgspec.json.encode(form)
    put(db.connection(), new(HalfFilledRecord, fingerprint=fingerprint, account=account, form=encoded, saved_at=now))


def kept_form(
    db: Transaction, account: str, fingerprint: str, live: ApplicationRecord | None, now: datetime
) -> ApplicationForm | None:
    """What this account typed last for this certificate and did not hand in."""
    if live is not None and live.status is not ApplicationStatus.DRAFT:
        return None
    row = seek(db.connection(), HalfFilledRecord, fingerprint)
    if row is None or row.account != account or row.saved_at < now - KEPT:
        return None
    return msgspec.json.decode(row.form, type=ApplicationForm)


def forget_form(db: Transaction, fingerprint: str) -> None:
    """Delete the form: the application has it now."""
    tell(db.connection(), _FORGOTTEN, {"number": fingerprint})


def forget_old_forms(db: Transaction, now: datetime) -> None:
    """Delete the forms that nobody has come back to."""
    db.unit.execute(delete(HalfFilledRecord).where(HalfFilledRecord.saved_at < now - KEPT))


def _unstorable(form: ApplicationForm) -> tuple[tuple[str, str], ...]:
    errors = []
    for name in (f.name for f in fields(form)):
        value = getattr(form, name)
        if isinstance(value, str) and len(value) > LONGEST:
            errors.append((name, FieldError.TOO_LONG.value))
        elif isinstance(value, str) and has_unusable(value):
            errors.append((name, FieldError.CHARACTER.value))
    return tuple(errors)
