"""What is asked for often is found without reading what is finished: that grows, and nobody waits for it."""

from alembic import op
from sqlalchemy import text

revision = "0011"
down_revision = "0010"

_DUE = {
    "applications": "next_issue_at",
    "attempts": "next_query_at",
    "invoice_files": "next_try_at",
    "invoices": "next_query_at",
    "messages": "next_try_at",
    "reconciliations": "next_try_at",
    "red_invoices": "next_query_at",
    "refunds": "next_try_at",
}
_NEW = {
    "ix_applications_account": ("applications", "account"),
    "ix_attempts_paid_at": ("attempts", "paid_at"),
    "ix_refunds_done_at": ("refunds", "done_at"),
}


def upgrade() -> None:
    """Let due times index nothing but rows that owe something, and add what was missing."""
    _index_due_times(only_owed=True)
    for name, (table, column) in _NEW.items():
        op.create_index(name, table, [column])
    frozen = text("payment_status IN ('frozen')")
    op.create_index(
        "frozen_applications", "applications", ["business_no"], sqlite_where=frozen, postgresql_where=frozen
    )


def downgrade() -> None:
    """As they were."""
    op.drop_index("frozen_applications", "applications")
    for name, (table, _) in _NEW.items():
        op.drop_index(name, table)
    _index_due_times(only_owed=False)


def _index_due_times(*, only_owed: bool) -> None:
    for table, column in _DUE.items():
        op.drop_index(f"ix_{table}_{column}", table)
        where = text(f"{column} IS NOT NULL") if only_owed else None
        op.create_index(f"ix_{table}_{column}", table, [column], sqlite_where=where, postgresql_where=where)
