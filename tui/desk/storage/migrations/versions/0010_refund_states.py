"""A refund's state: what its platform said last."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add it; what was refused for good is told so again when the platform is asked."""
    state = sa.Column("state", sa.String(16), nullable=False, server_default="absent")
    op.add_column("refunds", state)
    refunds = sa.table("refunds", *map(sa.column, ("state", "done_at", "refusal", "tries")))
    known = sa.case(
        (refunds.c.done_at.is_not(None), "done"),
        (refunds.c.refusal != "", "refused"),
        (refunds.c.tries > 0, "pending"),
        else_="absent",
    )
    op.execute(sa.update(refunds).values(state=known))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("refunds", "state")
