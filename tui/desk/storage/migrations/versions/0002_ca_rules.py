"""The CA's rules, fixed for each application; those that exist began under what are now the defaults."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_RULES = {"key_policy": "rekey", "old_pair": "keep", "scheme": "pkcs1"}


def upgrade() -> None:
    """Add the rules; the defaults stay in the schema, for a desk of the version before may still be writing."""
    for name, default in _RULES.items():
        op.add_column("applications", sa.Column(name, sa.String(16), nullable=False, server_default=default))


def downgrade() -> None:
    """Drop the rules."""
    for name in _RULES:
        op.drop_column("applications", name)
