"""Further orders of a refund, and amounts that a platform may name however large they are."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
_AMOUNTS = (
    ("attempts", "amount_fen"),
    ("attempts", "paid_fen"),
    ("refunds", "amount_fen"),
    ("differences", "ours_fen"),
    ("differences", "theirs_fen"),
)


def upgrade() -> None:
    """Add and widen; SQLite's integers have 64 bits whatever they are called."""
    op.add_column("refunds", sa.Column("ordinal", sa.Integer(), nullable=False, server_default="1"))
    _retype(sa.BigInteger())


def downgrade() -> None:
    """Drop and narrow."""
    _retype(sa.Integer())
    op.drop_column("refunds", "ordinal")


def _retype(kind: sa.types.TypeEngine[int]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for table, column in _AMOUNTS:
        op.alter_column(table, column, type_=kind)
