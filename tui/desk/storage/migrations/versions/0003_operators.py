"""What operators decide, and how the platforms' daily bills compare with our own books."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables, and in which bill a payment or refund was found."""
    op.create_table(
        "acts",
        sa.Column("act_no", sa.String(255), primary_key=True),
        sa.Column("business_no", sa.String(255), sa.ForeignKey("applications.business_no"), nullable=False),
        sa.Column("attempt_no", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("operator", sa.String(255), nullable=False),
        sa.Column("reason", sa.LargeBinary, nullable=False),
        sa.Column("done_at", _MOMENT, nullable=False),
        sa.Column("tell_at", _MOMENT),
    )
    op.create_index("ix_acts_business_no", "acts", ["business_no"])
    op.create_index("ix_acts_tell_at", "acts", ["tell_at"])
    op.create_table(
        "reconciliations",
        sa.Column("reconciliation_no", sa.String(255), primary_key=True),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("next_try_at", _MOMENT),
        sa.Column("done_at", _MOMENT),
        sa.Column("entries", sa.Integer, nullable=False),
    )
    op.create_index("ix_reconciliations_next_try_at", "reconciliations", ["next_try_at"])
    op.create_table(
        "differences",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column(
            "reconciliation_no", sa.String(255), sa.ForeignKey("reconciliations.reconciliation_no"), nullable=False
        ),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("attempt_no", sa.String(255), nullable=False),
        sa.Column("refund_no", sa.String(255), nullable=False),
        sa.Column("ours_fen", sa.Integer),
        sa.Column("theirs_fen", sa.Integer),
        sa.Column("ours_state", sa.String(16), nullable=False),
        sa.Column("settled", sa.Boolean, nullable=False),
    )
    op.create_index("ix_differences_reconciliation_no", "differences", ["reconciliation_no"])
    for table in ("attempts", "refunds"):
        op.add_column(table, sa.Column("billed_on", sa.String(10), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop them."""
    for table in ("attempts", "refunds"):
        op.drop_column(table, "billed_on")
    for table in ("differences", "reconciliations", "acts"):
        op.drop_table(table)
