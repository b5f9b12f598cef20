"""An application as a session sees it, by one statement and without the unit of work: kiosks look all the time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, pairwise
from typing import Any

from sqlalchemy import Engine, bindparam, select

from tui.desk.renewals.views import DOSSIERS, Dossier, dossier_of
from tui.desk.storage.database import glancing
from tui.desk.storage.records import ApplicationRecord, AttemptRecord, OrderRecord, RefundRecord, SessionRecord
from tui.desk.storage.sealed import Closed

_RECORDS = ApplicationRecord, OrderRecord, AttemptRecord, RefundRecord
"""As the rows of a dossier have them."""
_NAMES = tuple(tuple(column.key for column in record.__table__.columns) for record in _RECORDS)
_BORDERS = tuple(pairwise(accumulate((len(names) for names in _NAMES), initial=0)))
_GLANCE = (
    select(
        *(column for record in _RECORDS for column in record.__table__.columns),
        SessionRecord.expires_at.label("session_ends"),
    )
    .select_from(*DOSSIERS.join(SessionRecord, SessionRecord.account == ApplicationRecord.account).get_final_froms())
    .where(
        ApplicationRecord.business_no == bindparam("business_no"), SessionRecord.token_hash == bindparam("token_hash")
    )
)
"""Built once: to build it costs as much as to carry it out."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What was found."""

    dossier: Dossier
    session_ends: datetime


class _Row:
    """What a record holds, without what makes it a record."""

    typed_form, typed_invoice = ApplicationRecord.typed_form, ApplicationRecord.typed_invoice

    def __init__(self, names: Sequence[str], values: Sequence[Any]) -> None:
        self.__dict__.update(zip(names, values, strict=True))


def glance(engine: Engine, business_no: str, token_hash: str) -> Glance | None:
    """The application and its session's end; None unless there are both, and of one account."""
    with glancing(engine) as connection:
        rows = connection.execute(_GLANCE, {"business_no": business_no, "token_hash": token_hash}).all()
    if not rows:
        return None
    return Glance(dossier_of([_parts(row, (business_no,)) for row in rows]), rows[0].session_ends)


def _parts(row: Sequence[Any], sealed_by: tuple[str, ...]) -> list[Any]:
    """The row's records, None for one that is not there and has no key; what is sealed is the application's."""
    values = [value.open(sealed_by) if isinstance(value, Closed) else value for value in row]
    found = zip(_NAMES, _BORDERS, strict=True)
    return [None if values[start] is None else _Row(names, values[start:end]) for names, (start, end) in found]
