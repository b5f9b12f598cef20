"""The schema's revision: brought up to this version's by the migrations, looked at, and whether the file is sound."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from tui.desk.storage.variants import writes

NEWEST_REVISION = "0011"
"""The last of `migrations/versions`."""
_MIGRATION_LOCK = 1_128_350_283
"""Any fixed number: PostgreSQL's advisory lock that lets one desk at a time migrate."""


class OtherVersion(Exception):  # noqa: N818 — what happened
    """The schema is not this version's; the text names both revisions."""

    def __init__(self, found: str | None) -> None:
        super().__init__(f"{found or '-'}, {NEWEST_REVISION}")
        self.found = found
        """None: there is no database, or an empty one."""


class Damaged(Exception):  # noqa: N818 — what happened
    """SQLite finds the file broken; the text is its first finding."""


def migrate(engine: Engine) -> None:
    """Bring the schema up to this version; may be done several times at once.

    :raises OtherVersion: a newer version of this program has been here.
    """
    with writes(engine).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _MIGRATION_LOCK})
        found = _revision(connection)
        if found is not None and found > NEWEST_REVISION:
            raise OtherVersion(found)
        if found != NEWEST_REVISION:
            _upgrade(connection)


def check_schema(engine: Engine) -> None:
    """For commands that leave the schema as it is, and make no database.

    :raises OtherVersion: another version of this program made it, or none yet.
    """
    if (found := revision(engine)) != NEWEST_REVISION:
        raise OtherVersion(found)


def revision(engine: Engine) -> str | None:
    """The schema's revision; None where there is no database, and none is made."""
    if is_missing(engine):
        return None
    with engine.connect() as connection:
        return _revision(connection)


def is_missing(engine: Engine) -> bool:
    """Whether this is SQLite and has no file."""
    name = engine.url.database
    return engine.dialect.name == "sqlite" and bool(name) and name != ":memory:" and not Path(name or "").exists()


def check_file(engine: Engine) -> None:
    """Let SQLite look whether its file is sound.

    :raises Damaged: it is not.
    """
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        found = str(connection.execute(text("PRAGMA quick_check(1)")).scalar_one())
    if found != "ok":
        raise Damaged(found.partition("\n")[0])


def _revision(connection: Connection) -> str | None:
    """The schema's revision; none in a new database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _upgrade(connection: Connection) -> None:
    from alembic import command  # with Mako and Pygments, a tenth of the desk's start, and seldom needed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
