"""Issuing and invoicing are due times in the database like all else that must happen later."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from tui.desk.storage.sealed import Moment

revision = "0009"
down_revision = "0008"

_AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
_JUST_NOW = timedelta(days=1)
"""What was installed before has its invoice ordered, if there is to be one."""
_applications = sa.table(
    "applications",
    *map(sa.column, ("business_no", "status", "payment_status", "invoice", "invoice_status")),
    sa.column("installed_at", Moment()),
    sa.column("next_issue_at", Moment()),
)
_invoices = sa.table(
    "invoices",
    *map(sa.column, ("business_no", "number", "pdf_url", "failure", "queries")),
    sa.column("requested_at", Moment()),
    sa.column("next_query_at", Moment()),
)


def upgrade() -> None:
    """Add the due time, and let what was under way be due."""
    op.add_column("applications", sa.Column("next_issue_at", Moment(), nullable=True))
    op.add_column("applications", sa.Column("issue_tries", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_applications_next_issue_at", "applications", ["next_issue_at"])
    op.drop_index("ix_acts_tell_at", "acts")
    op.drop_column("acts", "tell_at")
    issuing = sa.update(_applications).where(_applications.c.status == "issuing")
    op.execute(issuing.values(next_issue_at=_AT_ONCE))
    _order_invoices()


def downgrade() -> None:
    """Drop it; the version before begins what is under way by itself."""
    op.drop_index("ix_applications_next_issue_at", "applications")
    op.drop_column("applications", "issue_tries")
    op.drop_column("applications", "next_issue_at")
    op.add_column("acts", sa.Column("tell_at", Moment(), nullable=True))
    op.create_index("ix_acts_tell_at", "acts", ["tell_at"])


def _order_invoices() -> None:
    """Those that were ordered and not issued yet, and those of who has just installed."""
    now, mine = datetime.now(UTC), _applications.c
    pending = sa.select(mine.business_no).where(mine.invoice_status == "pending")
    waiting = _invoices.c.number == "", _invoices.c.business_no.in_(pending)
    # Each of them was asked for, as a count of 0 would deny.
    op.execute(sa.update(_invoices).where(*waiting).values(next_query_at=_AT_ONCE, queries=_invoices.c.queries + 1))
    unordered = sa.select(
        mine.business_no, *map(sa.literal, ("", "", "", 0)), sa.literal(now, Moment()), sa.literal(_AT_ONCE, Moment())
    ).where(
        mine.status == "installed",
        mine.installed_at > now - _JUST_NOW,
        mine.invoice.is_not(None),
        mine.payment_status == "paid",
        mine.business_no.not_in(sa.select(_invoices.c.business_no)),
    )
    columns = ["business_no", "number", "pdf_url", "failure", "queries", "requested_at", "next_query_at"]
    op.execute(sa.insert(_invoices).from_select(columns, unordered))
