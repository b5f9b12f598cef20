"""Ends what ends by time alone: applications whose certificate expired, old sessions, answers and forms."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select

from tui.core.order import OPEN_ATTEMPT, ApplicationStatus
from tui.desk.context import Desk
from tui.desk.payments.apply import locked
from tui.desk.payments.machine.events import Lapsed
from tui.desk.renewals.half_filled import forget_old_forms
from tui.desk.storage.answers import AnswerRecord
from tui.desk.storage.database import reading, writing
from tui.desk.storage.records import ApplicationRecord, AttemptRecord, SessionRecord

_ANSWERS_KEPT = timedelta(days=1)


def lapse(desk: Desk, now: datetime) -> None:
    """End applications whose certificate expired before the money came; forget old sessions, answers and forms.

    An open attempt may have been paid in time and told late: its end is waited for.
    """
    waiting = ApplicationRecord.status.in_((ApplicationStatus.DRAFT, ApplicationStatus.ENTERED))
    of_application = AttemptRecord.business_no == ApplicationRecord.business_no
    undecided = exists().where(of_application, AttemptRecord.state.in_(OPEN_ATTEMPT))
    over = select(ApplicationRecord.business_no).where(waiting, ApplicationRecord.old_not_after < now, ~undecided)
    with reading(desk.engine) as db:
        lapsed = list(db.unit.scalars(over))
    for business_no in lapsed:
        with locked(desk, business_no) as held:
            held.apply(Lapsed())
    with writing(desk.engine) as db:
        forget_old_forms(db, now)
        db.unit.execute(delete(SessionRecord).where(SessionRecord.expires_at < now))
        db.unit.execute(delete(AnswerRecord).where(AnswerRecord.created_at < now - _ANSWERS_KEPT))
