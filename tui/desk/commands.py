"""What `ca-kiosk desk serve`, `desk migrate` and `desk evidence` do."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from sqlalchemy import Engine, select
from sqlalchemy.exc import DatabaseError, OperationalError

from tui.core.exits import Exit
from tui.desk.ca.registry import kind_of
from tui.desk.settings import DeskSettings, load
from tui.desk.settings_reader import SettingsError
from tui.desk.storage import schema
from tui.desk.storage.database import open_database, reading
from tui.desk.storage.schema import NEWEST_REVISION, Damaged, OtherVersion, check_file, check_schema
from tui.desk.storage.wakeup import notify
from tui.process.output import put, say, unusable

_OBJECTS = 50_000
"""That are made before it is looked for cycles among them, of which a desk makes few; Python looks after each 700."""


def serve(config: Path) -> int:
    """Stay until SIGTERM or SIGINT; standard error tells the address once requests are accepted."""
    from tui.desk import serve as server

    def stay(settings: DeskSettings) -> int:
        gc.set_threshold(_OBJECTS)
        server.serve(settings, lambda running: say(running.url))
        return Exit.DONE

    return with_settings(config, stay)


def migrate(config: Path) -> int:
    """Make the database, or bring it up to this version."""

    def bring_up(settings: DeskSettings) -> int:
        engine = open_database(settings.database, settings.data_key, heedful=True)
        try:
            before = schema.revision(engine)
            if before is None and (issued := kind_of(settings.ca).issued(settings.ca)):
                told = "已签发过证书，数据库却不存在，请从备份恢复 / certificates were issued, restore the backup"
                say(f"{config}: desk.database: {told}: {issued}")
                return Exit.DESK
            if before is not None:
                check_file(engine)
            if before == NEWEST_REVISION:
                _open_one(engine)
            schema.migrate(engine)
            notify(engine)
        except InvalidTag:
            told = "不是这个数据库的密钥，未做改动 / not this database's key, nothing was changed"
            say(f"{config}: desk.data_key_file: {told}")
            return Exit.USAGE
        finally:
            engine.dispose()
        say(f"数据库已就绪 / the database is ready: {before or '-'} -> {NEWEST_REVISION}")
        return Exit.DONE

    return with_settings(config, bring_up)


def _open_one(engine: Engine) -> None:
    """Let the data key open what it sealed; a migration does that by itself.

    :raises InvalidTag: it is another one.
    """
    from tui.desk.storage.records import ApplicationRecord

    with reading(engine) as db:
        db.unit.scalars(select(ApplicationRecord).limit(1)).first()


def evidence(config: Path, business_no: str) -> int:
    """Print what the person signed (CMS, DER), for anybody who must verify it."""
    from tui.desk.renewals.evidence import evidence_of

    def print_it(settings: DeskSettings) -> int:
        with existing_database(settings) as engine:
            found = evidence_of(engine, business_no)
        if found is None:
            say(f"没有这笔申请的签名 / no evidence for {business_no}")
            return Exit.REFUSED
        put(found)
        return Exit.DONE

    return with_settings(config, print_it)


def with_settings(config: Path, act: Callable[[DeskSettings], int]) -> int:
    """The act's exit code; one line for unusable settings and a database that is missing or another version's."""
    try:
        return act(load(config))
    except SettingsError as error:
        say(f"设置有误 / the settings cannot be used: {error}")
        return Exit.USAGE
    except OSError as error:
        say(f"{config}: {unusable(error)}")
        return Exit.USAGE
    except OperationalError as error:
        say(f"{config}: desk.database: 数据库不可用 / not available: {str(error.orig).partition(chr(10))[0]}")
        return Exit.DESK
    except OtherVersion as error:
        say(f"{config}: desk.database: {_advice(error.found, config)}: {error}")
        return Exit.DESK
    except (Damaged, DatabaseError) as error:
        if not isinstance(error, Damaged) and type(error) is not DatabaseError:
            raise  # a fault in this program
        why = str(error if isinstance(error, Damaged) else error.orig).partition("\n")[0]
        say(f"{config}: desk.database: 数据库文件已损坏，请从备份恢复 / the file is damaged, restore its backup: {why}")
        return Exit.DESK


def _advice(found: str | None, config: Path) -> str:
    """What to do about a database of another version."""
    command = f"ca-kiosk desk migrate --config {config}"
    if found is None:
        return f"没有数据库；丢失的从备份恢复，新装运行 / none: restore a lost one's backup, make one by {command}"
    if found < NEWEST_REVISION:
        return f"版本较旧，请停止所有续期服务后运行 / an older version's: stop every desk, then run {command}"
    return "由更新的程序建立，请升级本程序 / a newer version's: update this program"


@contextmanager
def existing_database(settings: DeskSettings) -> Iterator[Engine]:
    """The database, whose schema this command leaves as it is.

    :raises OtherVersion: it is not this version's.
    """
    engine = open_database(settings.database, settings.data_key, heedful=True)
    try:
        check_schema(engine)
        yield engine
    finally:
        engine.dispose()
