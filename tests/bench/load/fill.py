"""Finished applications by the ten thousand: the first renewals of a database, copied with all that belongs to them.

Copies are sealed for their originals' rows: nobody can open them, and no desk has a reason to.
"""

from sqlalchemy import Connection, Engine, text

_AGO = "- i * interval '1 minute' - interval '2 days'"
_NUMBER = "'YC' || i"


def _copied(digest: str) -> str:
    """Another one of 64 hexadecimal digits."""
    return f"md5(t.{digest} || i) || md5(i || t.{digest})"


_COPIES: dict[str, tuple[str, dict[str, str]]] = {
    "accounts": ("name", {"name": "'copy' || i"}),
    "bindings": ("account", {"fingerprint": _copied("fingerprint"), "account": "'copy' || i"}),
    "applications": (
        "business_no",
        {
            "business_no": _NUMBER,
            "account": "'copy' || i",
            "fingerprint": _copied("fingerprint"),
            "certificate": "t.certificate || int4send(i::int)",
            **{name: f"t.{name} {_AGO}" for name in ("created_at", "paid_at", "issued_at", "installed_at")},
        },
    ),
    "orders": ("business_no", {"business_no": _NUMBER, "order_no": "'DDC' || i"}),
    "attempts": (
        "business_no",
        {
            "business_no": _NUMBER,
            "attempt_no": "'ATC' || i",
            "qr": "t.qr || i",
            **{name: f"t.{name} {_AGO}" for name in ("txn_time", "paid_at")},
        },
    ),
    "evidence": ("business_no", {"business_no": _NUMBER}),
    "invoices": ("business_no", {"business_no": _NUMBER, "number": "t.number || i"}),
    "invoice_files": (
        "business_no",
        {
            "business_no": _NUMBER,
            "file_no": f"{_NUMBER} || '.' || t.kind",
            "invoice_no": _NUMBER,
            "content": "substr(t.content, 1, 2000)",
        },
    ),
    "messages": (
        "business_no",
        {
            "business_no": _NUMBER,
            "message_id": "i || '-' || t.message_id",
            "invoice_no": f"CASE t.invoice_no WHEN '' THEN '' ELSE {_NUMBER} END",
        },
    ),
    "keys": ("business_no", {"business_no": _NUMBER, "spki": _copied("spki")}),
}
"""Table: by which column a row belongs to the renewal, and what differs in its copies."""


def fill(engine: Engine, total: int) -> None:
    """Let there be so many finished applications, a minute apart, the newest two days old."""
    with engine.begin() as connection:
        there = int(connection.scalar(text("SELECT count(*) FROM applications WHERE status = 'installed'")) or 0)
        copied = int(connection.scalar(text("SELECT count(*) FROM applications WHERE business_no LIKE 'YC%'")) or 0)
        originals = connection.execute(
            text(
                "SELECT business_no, account FROM applications "
                "WHERE status = 'installed' AND business_no NOT LIKE 'YC%' ORDER BY installed_at LIMIT 1"
            )
        ).one()
        for table, (key, changes) in _COPIES.items():
            original = originals.account if key in ("name", "account") else originals.business_no
            _copy(
                connection,
                table,
                key,
                changes,
                {"original": original, "first": copied + 1, "last": copied + total - there},
            )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _copy(connection: Connection, table: str, key: str, changes: dict[str, str], values: dict[str, object]) -> None:
    names = connection.scalars(
        text(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = :table"
        ),
        {"table": table},
    )
    pairs = {name: changes.get(name, f't."{name}"') for name in names}
    columns = ", ".join(f'"{name}"' for name in pairs)
    rows = f"FROM {table} t, generate_series(CAST(:first AS int), CAST(:last AS int)) i WHERE t.{key} = :original"
    connection.execute(text(f"INSERT INTO {table} ({columns}) SELECT {', '.join(pairs.values())} {rows}"), values)
