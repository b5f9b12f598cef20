"""An application as a session sees it, by one statement and without the unit of work: kiosks look all the time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, bindparam

from tui.desk.renewals.views import DOSSIERS, Dossier, dossier_of
from tui.desk.storage.database import glancing
from tui.desk.storage.records import ApplicationRecord, SessionRecord
from tui.desk.storage.statements import ask

_GLANCE = (
    DOSSIERS.join(SessionRecord, SessionRecord.account == ApplicationRecord.account)
    .add_columns(SessionRecord.expires_at.label("session_ends"))
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


def glance(engine: Engine, business_no: str, token_hash: str) -> Glance | None:
    """The application and its session's end; None unless there are both, and of one account."""
    with glancing(engine) as connection:
        rows = ask(connection, _GLANCE, {"business_no": business_no, "token_hash": token_hash})
    return Glance(dossier_of([found[:-1] for found in rows]), rows[0][-1]) if rows else None
