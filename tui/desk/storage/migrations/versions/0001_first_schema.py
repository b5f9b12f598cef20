"""The first schema."""

import sqlalchemy as sa
from alembic import op

from tui.desk.storage.sealed import Moment

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "accounts",
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("wrong_passwords", sa.Integer(), nullable=False),
        sa.Column("locked_until", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "answers",
        sa.Column("account", sa.String(255), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("request_hash", sa.String(255), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("account", "key"),
    )
    op.create_index("ix_answers_created_at", "answers", ["created_at"], unique=False)
    op.create_table(
        "keys",
        sa.Column("spki", sa.String(255), nullable=False),
        sa.Column("business_no", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("spki"),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("result", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "applications",
        sa.Column("business_no", sa.String(255), nullable=False),
        sa.Column("account", sa.String(255), nullable=False),
        sa.Column("fingerprint", sa.String(255), nullable=False),
        sa.Column("old_certificate", sa.LargeBinary(), nullable=False),
        sa.Column("old_not_after", Moment(), nullable=False),
        sa.Column("new_not_after", Moment(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("payment_status", sa.String(16), nullable=False),
        sa.Column("form", sa.LargeBinary(), nullable=False),
        sa.Column("fee_fen", sa.Integer(), nullable=False),
        sa.Column("agreement_version", sa.String(255), nullable=False),
        sa.Column("agreement_digest", sa.String(255), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("invoice", sa.LargeBinary(), nullable=True),
        sa.Column("invoice_status", sa.String(16), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("paid_at", Moment(), nullable=True),
        sa.Column("issued_at", Moment(), nullable=True),
        sa.Column("installed_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account"],
            ["accounts.name"],
        ),
        sa.PrimaryKeyConstraint("business_no"),
    )
    op.create_index("applications_by_fingerprint", "applications", ["fingerprint"], unique=False)
    op.create_index("applications_by_status", "applications", ["status"], unique=False)
    op.create_index(
        "one_live_application",
        "applications",
        ["fingerprint"],
        unique=True,
        sqlite_where=sa.text("status IN ('draft', 'entered', 'issued', 'issuing')"),
        postgresql_where=sa.text("status IN ('draft', 'entered', 'issued', 'issuing')"),
    )
    op.create_table(
        "bindings",
        sa.Column("fingerprint", sa.String(255), nullable=False),
        sa.Column("account", sa.String(255), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"],
            ["accounts.name"],
        ),
        sa.PrimaryKeyConstraint("fingerprint"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(255), nullable=False),
        sa.Column("account", sa.String(255), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"],
            ["accounts.name"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"], unique=False)
    op.create_table(
        "attempts",
        sa.Column("attempt_no", sa.String(255), nullable=False),
        sa.Column("business_no", sa.String(255), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("payee", sa.String(255), nullable=False),
        sa.Column("txn_time", Moment(), nullable=False),
        sa.Column("shown_until", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("notify_url", sa.String(255), nullable=False),
        sa.Column("qr", sa.String(1024), nullable=False),
        sa.Column("platform_no", sa.String(255), nullable=False),
        sa.Column("paid_at", Moment(), nullable=True),
        sa.Column("paid_fen", sa.Integer(), nullable=True),
        sa.Column("next_query_at", Moment(), nullable=True),
        sa.Column("queries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_no"],
            ["applications.business_no"],
        ),
        sa.PrimaryKeyConstraint("attempt_no"),
    )
    op.create_index("ix_attempts_business_no", "attempts", ["business_no"], unique=False)
    op.create_index("ix_attempts_next_query_at", "attempts", ["next_query_at"], unique=False)
    op.create_index(
        "one_shown_attempt",
        "attempts",
        ["business_no"],
        unique=True,
        sqlite_where=sa.text("state IN ('created', 'qr_shown', 'scanned', 'unknown')"),
        postgresql_where=sa.text("state IN ('created', 'qr_shown', 'scanned', 'unknown')"),
    )
    op.create_table(
        "evidence",
        sa.Column("business_no", sa.String(255), nullable=False),
        sa.Column("csr", sa.LargeBinary(), nullable=False),
        sa.Column("cms", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_no"],
            ["applications.business_no"],
        ),
        sa.PrimaryKeyConstraint("business_no"),
    )
    op.create_table(
        "invoices",
        sa.Column("business_no", sa.String(255), nullable=False),
        sa.Column("number", sa.String(255), nullable=False),
        sa.Column("pdf_url", sa.String(1024), nullable=False),
        sa.Column("requested_at", Moment(), nullable=False),
        sa.Column("issued_at", Moment(), nullable=True),
        sa.Column("failure", sa.String(255), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_no"],
            ["applications.business_no"],
        ),
        sa.PrimaryKeyConstraint("business_no"),
    )
    op.create_table(
        "messages",
        sa.Column("message_id", sa.String(255), nullable=False),
        sa.Column("business_no", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("receiver", sa.LargeBinary(), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("next_try_at", Moment(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_no"],
            ["applications.business_no"],
        ),
        sa.PrimaryKeyConstraint("message_id"),
    )
    op.create_index("ix_messages_business_no", "messages", ["business_no"], unique=False)
    op.create_index("ix_messages_next_try_at", "messages", ["next_try_at"], unique=False)
    op.create_table(
        "orders",
        sa.Column("order_no", sa.String(255), nullable=False),
        sa.Column("business_no", sa.String(255), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("unit_fen", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("total_fen", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_no"],
            ["applications.business_no"],
        ),
        sa.PrimaryKeyConstraint("order_no"),
        sa.UniqueConstraint("business_no"),
    )
    op.create_table(
        "refunds",
        sa.Column("refund_no", sa.String(255), nullable=False),
        sa.Column("attempt_no", sa.String(255), nullable=False),
        sa.Column("business_no", sa.String(255), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(255), nullable=False),
        sa.Column("txn_time", Moment(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("next_try_at", Moment(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("refusal", sa.String(255), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_no"],
            ["attempts.attempt_no"],
        ),
        sa.ForeignKeyConstraint(
            ["business_no"],
            ["applications.business_no"],
        ),
        sa.PrimaryKeyConstraint("refund_no"),
        sa.UniqueConstraint("attempt_no"),
    )
    op.create_index("ix_refunds_business_no", "refunds", ["business_no"], unique=False)
    op.create_index("ix_refunds_next_try_at", "refunds", ["next_try_at"], unique=False)


def downgrade() -> None:
    """Drop every table, the referring ones first."""
    for table in (
        "refunds",
        "attempts",
        "orders",
        "invoices",
        "messages",
        "evidence",
        "applications",
        "bindings",
        "sessions",
        "accounts",
        "answers",
        "keys",
        "notices",
    ):
        op.drop_table(table)
