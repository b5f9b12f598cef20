"""Forms that are being filled."""

import sqlalchemy as sa
from alembic import op

from tui.desk.storage.sealed import Moment

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "half_filled_forms",
        sa.Column("fingerprint", sa.String(255), nullable=False),
        sa.Column("account", sa.String(255), nullable=False),
        sa.Column("form", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.name"]),
        sa.PrimaryKeyConstraint("fingerprint"),
    )
    op.create_index("ix_half_filled_forms_saved_at", "half_filled_forms", ["saved_at"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_table("half_filled_forms")
