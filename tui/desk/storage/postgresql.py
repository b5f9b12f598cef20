"""The driver for PostgreSQL, as light as the desk needs it."""

from typing import Any

from psycopg import Cursor


class PlainCursor(Cursor[Any]):
    """Describes the columns of an answer by plain tuples: psycopg's objects took longer than to read the rows."""

    @property
    def description(self) -> Any:
        """Name and type of each column (PEP 249); None where there is no answer of rows."""
        result = self.pgresult
        if result is None or not result.nfields:
            return None
        unknown = (None,) * 5
        return [((result.fname(at) or b"").decode(), result.ftype(at), *unknown) for at in range(result.nfields)]
