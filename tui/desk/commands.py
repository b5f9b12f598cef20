"""What `ca-kiosk desk serve` and `desk evidence` do."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from tui.desk.database import OtherVersion, check_schema, open_database
from tui.desk.settings import DeskSettings, SettingsError, load
from tui.exits import Exit


def serve(config: Path) -> int:
    """Stay until SIGTERM or SIGINT; standard error tells the address once requests are accepted."""
    from tui.desk import serve as server

    def stay(settings: DeskSettings) -> int:
        server.serve(settings, lambda running: say(running.url))
        return Exit.DONE

    return with_settings(config, stay)


def evidence(config: Path, business_no: str) -> int:
    """Print what the person signed (CMS, DER), for anybody who must verify it."""
    from tui.desk.evidence import evidence_of

    def print_it(settings: DeskSettings) -> int:
        with existing_database(settings) as engine:
            found = evidence_of(engine, business_no)
        if found is None:
            say(f"没有这笔申请的签名 / no evidence for {business_no}")
            return Exit.REFUSED
        sys.stdout.buffer.write(found)
        sys.stdout.buffer.flush()
        return Exit.DONE

    return with_settings(config, print_it)


def with_settings(config: Path, act: Callable[[DeskSettings], int]) -> int:
    """The act's exit code; one line for unusable settings and a database that is missing or another version's."""
    try:
        return act(load(config))
    except (SettingsError, OSError) as error:
        say(str(error))
        return Exit.USAGE
    except OperationalError as error:
        say(f"{config}: desk.database: 数据库不可用 / not available: {str(error.orig).partition(chr(10))[0]}")
        return Exit.DESK
    except OtherVersion as error:
        told = "与本程序版本不符，请先运行本版本的 desk serve / run this version's desk serve"
        say(f"{config}: desk.database: {told}: {error}")
        return Exit.DESK


@contextmanager
def existing_database(settings: DeskSettings) -> Iterator[Engine]:
    """The database, whose schema this command leaves as it is.

    :raises OtherVersion: it is not this version's.
    """
    engine = open_database(settings.database, settings.data_key)
    try:
        check_schema(engine)
        yield engine
    finally:
        engine.dispose()


def say(text: str) -> None:
    """A line on standard error."""
    print(text, file=sys.stderr, flush=True)
