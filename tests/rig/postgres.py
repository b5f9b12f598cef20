"""A PostgreSQL server of Debian's own on a socket in a temporary folder, and databases on one that runs."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import NullPool, create_engine, make_url, text

BINARIES = Path("/usr/lib/postgresql")
INITDB = "--auth", "trust", "--encoding", "UTF8", "--no-sync"
"""Nothing here has to survive a power cut."""

_numbers = count(1)


def _binary(name: str) -> str:
    return str(max(BINARIES.glob(f"*/bin/{name}"), key=lambda path: int(path.parent.parent.name)))


def _as_owner() -> tuple[str, ...]:
    """PostgreSQL refuses to run as root."""
    return ("runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()


@contextmanager
def postgres(database: str = "desk", options: str = "") -> Iterator[str]:
    """A running server with an empty database; gives its SQLAlchemy URL. `options` are more of postgres(1)."""
    folder = Path(mkdtemp(prefix="pg"))  # short: a socket's path holds 107 bytes
    owner = _as_owner()
    if owner:
        shutil.chown(folder, "postgres")
    data = str(folder / "data")
    user = "postgres" if owner else os.environ.get("USER", "postgres")
    control = (*owner, _binary("pg_ctl"), "--pgdata", data, "--wait", "--silent")
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off {options}"
    try:
        subprocess.run(
            (*owner, _binary("initdb"), "--pgdata", data, "--username", user, *INITDB),
            check=True,
            capture_output=True,
            cwd="/",
        )
        subprocess.run((*control, "--log", str(folder / "log"), "--options", options, "start"), check=True, cwd="/")
        subprocess.run((*owner, _binary("createdb"), "-h", str(folder), "-U", user, database), check=True, cwd="/")
        yield f"postgresql+psycopg://{user}@/{database}?host={folder}"
    finally:
        subprocess.run((*control, "--mode", "immediate", "stop"), check=False, capture_output=True, cwd="/")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(server: str) -> Iterator[str]:
    """An empty database of its own on a running server, made in a twentieth of a server's time; gives its URL."""
    name = f"desk{next(_numbers)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
