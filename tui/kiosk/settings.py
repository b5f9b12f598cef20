"""Read kiosk settings from kiosk.toml and the environment into frozen types."""

import os
import sys
from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from tui.core.driver_family import DriverFamily
from tui.core.frozen import frozen
from tui.process.paths import home
from tui.process.tables import SettingsError, Table, VariableError, at_home, is_there, one_of, open_table

if TYPE_CHECKING:
    from tui.kiosk.receipt.settings import ReceiptSettings

C = TypeVar("C", bound=StrEnum)

CONFIG_VARIABLE = "CA_KIOSK_CONFIG"
LANGUAGE_VARIABLE = "CA_KIOSK_LANGUAGE"
MODE_VARIABLE = "CA_KIOSK_MODE"
SHORTEST_IDLE, LONGEST_IDLE = 45, 3600
"""Seconds; people look for their identity card, and fetch the phone, for longer than the floor."""


class Language(StrEnum):
    """What the kiosk speaks (ISO 639-1)."""

    CHINESE = "zh"
    ENGLISH = "en"


class Mode(StrEnum):
    """Where the kiosk stands."""

    OFFICE = "office"
    """A program like others: its user ends it."""
    COUNTER = "counter"
    """For strangers: no way out, and a program of its own for each of them."""
    SSH = "ssh"
    """The one program of an account that people sign in to."""


def is_counter(app: object) -> bool:
    """Whether strangers see this app: what a token tells without its PIN is then shown masked."""
    return getattr(app, "mode", Mode.OFFICE) is Mode.COUNTER


class QrDrawing(StrEnum):
    """How the payment code is drawn."""

    AUTO = "auto"
    """In half blocks where the terminal has them and two cells a module do not fit."""
    WIDE = "wide"
    """Always two cells a module: for fonts whose block glyphs leave seams or are missing."""
    HALF = "half"
    """In half blocks where two cells a module do not fit, whatever the terminal says of itself."""


class PaletteName(StrEnum):
    """The colours of the full screen."""

    AUTO = "auto"
    """Dark."""
    DARK = "dark"
    LIGHT = "light"
    CONTRAST = "contrast"


@frozen
class ModuleSettings:
    """One `[[token.modules]]`."""

    path: Path
    """The driver (`.so`, `.dll`)."""
    environment: tuple[tuple[str, str], ...] = ()
    """Set in the driver's process only."""
    family: DriverFamily = DriverFamily.PKCS11
    """Chooses the adapter; settings with a family that has none are refused."""


@frozen
class KioskSettings:
    """All that a kiosk must know of its place."""

    source: Path
    """The file that they came from."""
    desk_url: str
    ca_file: Path | None
    """CA of the desk's TLS certificate; None believes the system's store."""
    modules: tuple[ModuleSettings, ...]
    idle_seconds: int = 120
    """Without a key pressed for this long the kiosk wipes the journey; from `SHORTEST_IDLE` to `LONGEST_IDLE`."""
    log: Path | None = None
    """Log file; None keeps no log."""
    language: Language = Language.CHINESE
    """Of all that is shown to people."""
    qr: QrDrawing = QrDrawing.AUTO
    palette: PaletteName = PaletteName.AUTO
    mode: Mode = Mode.OFFICE
    touch: bool = False
    """There is no keyboard but the one on the screen."""
    shuffled_digits: bool = False
    """The digits of the CA password's pad stand in another order each time."""
    operator: str | None = field(default=None, repr=False)
    """Argon2id hash of the operator's password (PHC string); None: there is no operator's menu."""
    receipt: "ReceiptSettings | None" = None
    """Where receipts go; None where the settings name no place."""


def load(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> KioskSettings:
    """The settings from `path`, or from the first file of the search path.

    :raises SettingsError: there is no file, or as `read`.
    """
    return read(path or find(environ), environ)


def search_path(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Where kiosk.toml is looked for, in this order, when no `--config` names it."""
    if named := environ.get(CONFIG_VARIABLE):
        return (Path(named),)
    own = Path(environ.get("XDG_CONFIG_HOME") or home() / ".config")
    return own / "ca-kiosk" / "kiosk.toml", Path("/etc/ca-kiosk/kiosk.toml")


def find(environ: Mapping[str, str]) -> Path:
    """The first existing file of the search path.

    :raises SettingsError: there is none.
    """
    places = search_path(environ)
    for place in places:
        if place.is_file():
            return place
    raise SettingsError(" | ".join(map(str, places)), "", "不存在", "does not exist")


def read(path: Path, environ: Mapping[str, str] = os.environ) -> KioskSettings:
    """The settings of one file; paths in it are relative to its folder.

    :raises SettingsError: it cannot be read, or a setting is unknown or wrong.
    """
    top = open_table(path)
    desk, token, kiosk = top.table("desk"), top.table("token"), top.table("kiosk")
    settings = KioskSettings(
        source=top.source,
        desk_url=_url(desk),
        ca_file=_ca_file(desk),
        modules=tuple(_module(module) for module in token.tables("modules")),
        idle_seconds=_idle(kiosk),
        log=_log(kiosk, environ),
        language=language_named(environ, kiosk.choice("language", Language.CHINESE)),
        qr=kiosk.choice("qr", QrDrawing.AUTO),
        palette=kiosk.choice("palette", PaletteName.AUTO),
        mode=_named(environ, MODE_VARIABLE, kiosk.choice("mode", Mode.OFFICE)),
        touch=kiosk.take("touch", bool, False),
        shuffled_digits=kiosk.take("shuffled_digits", bool, False),
        operator=_operator(kiosk),
        receipt=_receipt(top),
    )
    for table in (top, desk, token, kiosk):
        table.refuse_rest()
    return settings


def _receipt(top: Table) -> "ReceiptSettings | None":
    if not top.has("receipt"):
        return None
    from tui.kiosk.receipt.settings import read_receipt

    table = top.table("receipt")
    receipt = read_receipt(table)
    table.refuse_rest()
    return receipt


def _url(desk: Table) -> str:
    url = desk.take("url", str)
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and url.isprintable() and not {" ", "?", "#"} & set(url)
        sound = parts.scheme == "https" and named and parts.port != 0 and not parts.username
    except ValueError:
        sound = False
    if not sound:
        raise desk.error("url", "应为 https:// 地址", "must be an https:// address")
    return url


def _ca_file(desk: Table) -> Path | None:
    if not desk.has("ca_file"):
        return None
    path = desk.source.parent / desk.take("ca_file", str)
    if not is_there(path) or path.is_dir():
        raise desk.error("ca_file", f"文件不存在: {path}", f"names no file: {path}")
    return path


def _module(module: Table) -> ModuleSettings:
    path = at_home(module.near(module.take("path", str)))
    environment = module.take("environment", dict, {})
    if not all(isinstance(value, str) for value in environment.values()):
        raise module.error("environment", "的值应为字符串", "must hold strings")
    family = _family(module)
    module.refuse_rest()
    return ModuleSettings(path, tuple((name, module.near(value)) for name, value in environment.items()), family)


def _family(module: Table) -> DriverFamily:
    named = module.take("family", str, DriverFamily.PKCS11.value)
    if named == DriverFamily.SKF:
        raise module.error(
            "family",
            "为 skf：本版本只有 PKCS#11 驱动（pkcs11），还没有 SKF（GM/T 0016）驱动",
            "is skf: this version has PKCS#11 drivers (pkcs11) only, none of SKF (GM/T 0016) yet",
        )
    if named not in list(DriverFamily):
        raise module.error("family", "应为 pkcs11", "must be pkcs11")
    return DriverFamily(named)


def _idle(kiosk: Table) -> int:
    seconds = kiosk.take("idle_seconds", int, 120)
    if not SHORTEST_IDLE <= seconds <= LONGEST_IDLE:
        raise kiosk.error(
            "idle_seconds",
            f"应在 {SHORTEST_IDLE} 与 {LONGEST_IDLE} 之间（秒）：更短会清掉正在填写的内容",
            f"must be within {SHORTEST_IDLE} and {LONGEST_IDLE} seconds: less wipes what a person is typing",
        )
    return seconds


def _operator(kiosk: Table) -> str | None:
    written = kiosk.take("operator", str, "")
    if written and not written.startswith("$argon2id$"):
        raise kiosk.error(
            "operator", "应为 ca-kiosk operator-password 的输出", "must be the output of ca-kiosk operator-password"
        )
    return written or None


def language_named(environ: Mapping[str, str] = os.environ, default: Language = Language.CHINESE) -> Language:
    """The language that the environment names.

    :raises SettingsError: it names another one.
    """
    return _named(environ, LANGUAGE_VARIABLE, default)


def _named(environ: Mapping[str, str], variable: str, written: C) -> C:
    """The environment goes before the file: for one session in the other language, for a fleet with one file."""
    kind, named = type(written), environ.get(variable) or written
    if named not in list(kind):
        raise VariableError(variable, *one_of(kind))
    return kind(named)


def _log(kiosk: Table, environ: Mapping[str, str]) -> Path | None:
    """`log = "…"` names a file, `log = ""` keeps none, absence means the platform's state folder."""
    if kiosk.has("log"):
        named = kiosk.take("log", str)
        return kiosk.source.parent / at_home(named) if named else None
    return default_log(environ)


def default_log(environ: Mapping[str, str]) -> Path:
    """Where the log goes unless the settings say otherwise (XDG base directories; LOCALAPPDATA on Windows)."""
    named = environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_STATE_HOME")
    return Path(named or home() / ".local" / "state") / "ca-kiosk" / "kiosk.log"
