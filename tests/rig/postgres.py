"""A PostgreSQL server of Debian's own on a socket in a temporary folder, for one test."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

BINARIES = Path("/usr/lib/postgresql")
INITDB = "--auth", "trust", "--encoding", "UTF8", "--no-sync"
"""Nothing here has to survive a power cut."""


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
