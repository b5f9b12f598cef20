"""Certificates that were signed after their money had gone back: handed to nobody, to be revoked."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the serial number's column."""
    op.add_column("applications", sa.Column("withheld_serial", sa.String(255), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("applications", "withheld_serial")
