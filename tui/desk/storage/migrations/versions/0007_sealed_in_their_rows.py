"""Sealed columns are bound to their rows: all that is sealed is opened and sealed anew, which takes the data key."""

import json
import os
import secrets
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from tui.desk.storage.sealed import NONCE, key_of

revision = "0007"
down_revision = "0006"

_SEALED = {
    "applications": (("business_no",), ("form", "statement", "invoice")),
    "messages": (("message_id",), ("receiver", "text")),
    "answers": (("account", "key"), ("answer",)),
    "evidence": (("business_no",), ("cms",)),
    "notices": (("notice_no",), ("body",)),
    "invoice_files": (("file_no",), ("content",)),
    "acts": (("act_no",), ("reason",)),
}
"""Table -> the columns that name a row, the sealed columns."""
Place = Callable[[str, tuple[str, ...]], bytes]


def upgrade() -> None:
    """Number the notices, then bind every sealed value to table, column and row."""
    op.add_column("notices", sa.Column("notice_no", sa.String(255), nullable=False, server_default=""))
    notices = sa.table("notices", sa.column("id"), sa.column("notice_no"))
    for row in list(op.get_bind().execute(sa.select(notices.c.id))):
        numbered = sa.update(notices).where(notices.c.id == row.id).values(notice_no=f"TZ{secrets.token_hex(11)}")
        op.get_bind().execute(numbered)
    _reseal(_column, _row)


def downgrade() -> None:
    """Bind them to table and column only."""
    _reseal(_row, _column)
    op.drop_column("notices", "notice_no")


def _column(column: str, row: tuple[str, ...]) -> bytes:
    del row
    return column.encode()


def _row(column: str, row: tuple[str, ...]) -> bytes:
    return json.dumps([column, *row], ensure_ascii=False, separators=(",", ":")).encode()


def _reseal(before: Place, after: Place) -> None:
    for name, (keys, columns) in _SEALED.items():
        table = sa.table(name, *map(sa.column, keys), *(sa.column(column, sa.LargeBinary) for column in columns))
        for row in list(op.get_bind().execute(sa.select(*(table.c[key] for key in keys)))):
            _reseal_row(table, dict(zip(keys, row, strict=True)), columns, before, after)


def _reseal_row(
    table: sa.TableClause, row: dict[str, str], columns: tuple[str, ...], before: Place, after: Place
) -> None:
    """One row at a time: files of invoices are large."""
    connection = op.get_bind()
    this = sa.and_(*(table.c[key] == value for key, value in row.items()))
    sealed = connection.execute(sa.select(*(table.c[column] for column in columns)).where(this)).one()
    key, where = key_of(connection.dialect), tuple(row.values())
    anew = {}
    for column, value in zip(columns, sealed, strict=True):
        if value is not None:
            place = f"{table.name}.{column}"
            plain = key.decrypt(value[:NONCE], value[NONCE:], before(place, where))
            nonce = os.urandom(NONCE)
            anew[column] = nonce + key.encrypt(nonce, plain, after(place, where))
    if anew:
        connection.execute(sa.update(table).where(this).values(anew))
