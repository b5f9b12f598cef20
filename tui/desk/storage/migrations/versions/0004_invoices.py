"""Red invoices, the files of invoices, and when the watch asks after them."""

import sqlalchemy as sa
from alembic import op

from tui.desk.storage.sealed import Moment

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add them; the defaults stay in the schema, for a desk of the version before may still be writing."""
    op.add_column("invoices", sa.Column("next_query_at", Moment(), nullable=True))
    op.add_column("invoices", sa.Column("queries", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_invoices_next_query_at", "invoices", ["next_query_at"], unique=False)
    op.add_column("messages", sa.Column("invoice_no", sa.String(255), nullable=False, server_default=""))
    op.create_table(
        "red_invoices",
        sa.Column("request_no", sa.String(255), nullable=False),
        sa.Column("business_no", sa.String(255), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("number", sa.String(255), nullable=False),
        sa.Column("pdf_url", sa.String(1024), nullable=False),
        sa.Column("requested_at", Moment(), nullable=False),
        sa.Column("issued_at", Moment(), nullable=True),
        sa.Column("failure", sa.String(255), nullable=False),
        sa.Column("next_query_at", Moment(), nullable=True),
        sa.Column("queries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_no"],
            ["applications.business_no"],
        ),
        sa.PrimaryKeyConstraint("request_no"),
    )
    op.create_index("one_red_invoice_at_a_time", "red_invoices", ["business_no", "ordinal"], unique=True)
    op.create_index("ix_red_invoices_next_query_at", "red_invoices", ["next_query_at"], unique=False)
    op.create_table(
        "invoice_files",
        sa.Column("file_no", sa.String(255), nullable=False),
        sa.Column("invoice_no", sa.String(255), nullable=False),
        sa.Column("business_no", sa.String(255), nullable=False),
        sa.Column("number", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("url", sa.String(1024), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("next_try_at", Moment(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(255), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_no"],
            ["applications.business_no"],
        ),
        sa.PrimaryKeyConstraint("file_no"),
    )
    op.create_index("ix_invoice_files_invoice_no", "invoice_files", ["invoice_no"], unique=False)
    op.create_index("ix_invoice_files_next_try_at", "invoice_files", ["next_try_at"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_table("invoice_files")
    op.drop_table("red_invoices")
    op.drop_column("messages", "invoice_no")
    op.drop_index("ix_invoices_next_query_at", "invoices")
    op.drop_column("invoices", "queries")
    op.drop_column("invoices", "next_query_at")
