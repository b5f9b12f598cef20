"""What `ca-kiosk desk serve` and `desk evidence` do."""

import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import OperationalError, ProgrammingError

from tui.desk.database import open_database
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
        found = evidence_of(open_database(settings.database, settings.data_key), business_no)
        if found is None:
            say(f"没有这笔申请的签名 / no evidence for {business_no}")
            return Exit.REFUSED
        sys.stdout.buffer.write(found)
        sys.stdout.buffer.flush()
        return Exit.DONE

    return with_settings(config, print_it)


def with_settings(config: Path, act: Callable[[DeskSettings], int]) -> int:
    """The act's exit code; one line for settings that cannot be used and a database that is not there or too old."""
    try:
        return act(load(config))
    except (SettingsError, OSError) as error:
        say(str(error))
        return Exit.USAGE
    except OperationalError as error:
        say(f"{config}: desk.database: 数据库不可用 / not available: {str(error.orig).partition(chr(10))[0]}")
        return Exit.DESK
    except ProgrammingError as error:
        said = str(error.orig).partition(chr(10))[0]
        say(f"{config}: desk.database: 与本程序版本不符，请先运行新版 desk serve / not of this version: {said}")
        return Exit.DESK


def say(text: str) -> None:
    """A line on standard error."""
    print(text, file=sys.stderr, flush=True)
