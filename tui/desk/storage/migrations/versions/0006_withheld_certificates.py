"""Certificates that were, or may have been, signed after their money had gone back: nobody gets them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add whether the CA was asked, and the serial number of what it signed in vain."""
    op.add_column("applications", sa.Column("ca_asked", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("applications", sa.Column("withheld_serial", sa.String(255), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop both."""
    op.drop_column("applications", "withheld_serial")
    op.drop_column("applications", "ca_asked")
