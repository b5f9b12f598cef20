"""Kiosk settings: frozen types from kiosk.toml and the environment; the only reader of `os.environ`."""

import os
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from tui.core.failure import Failure, KioskError, Reason

T = TypeVar("T")

CONFIG_VARIABLE = "CA_KIOSK_CONFIG"


@dataclass(frozen=True, slots=True)
class ModuleSettings:
    """One `[[token.modules]]`."""

    path: Path
    """The PKCS#11 module (`.so`, `.dll`)."""
    environment: tuple[tuple[str, str], ...] = ()
    """Set in the driver's process only."""


@dataclass(frozen=True, slots=True)
class KioskSettings:
    """All that a kiosk must know of its place."""

    source: Path
    """The file that they came from."""
    desk_url: str
    ca_file: Path | None
    """CA of the desk's TLS certificate; None believes the system's store."""
    modules: tuple[ModuleSettings, ...]
    idle_seconds: int = 120
    """Without a key pressed for this long the kiosk wipes the journey."""
    log: Path | None = None
    """Log file; None keeps no log."""


class SettingsError(KioskError):
    """The settings are missing or wrong; the text names file and key, in Chinese and English."""

    def __init__(self, source: Path | str, key: str, chinese: str, english: str) -> None:
        where = f"{source}: {key}" if key else f"{source}"
        told = f"设置文件 {where} {chinese} / settings file {where} {english}"
        super().__init__(Failure(Reason.SETTINGS_WRONG, detail=told))

    def __str__(self) -> str:
        return self.failure.detail


def load(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> KioskSettings:
    """The settings from `path`, or from the first file of the search path.

    Raises `SettingsError`.
    """
    return read(path or find(environ), environ)


def search_path(environ: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Where kiosk.toml is looked for, in this order, when no `--config` names it."""
    if named := environ.get(CONFIG_VARIABLE):
        return (Path(named),)
    home = Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return home / "ca-kiosk" / "kiosk.toml", Path("/etc/ca-kiosk/kiosk.toml")


def find(environ: Mapping[str, str] = os.environ) -> Path:
    """The first existing file of the search path.

    Raises `SettingsError`.
    """
    places = search_path(environ)
    for place in places:
        if place.is_file():
            return place
    raise SettingsError(" | ".join(map(str, places)), "", "不存在", "does not exist")


def read(path: Path, environ: Mapping[str, str] = os.environ) -> KioskSettings:
    """The settings of one file; paths in it are relative to its folder.

    Raises `SettingsError`.
    """
    try:
        with path.open("rb") as file:
            content = tomllib.load(file)
    except OSError as error:
        raise SettingsError(path, "", "无法读取", f"cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(path, "", "不是正确的 TOML", f"is no correct TOML ({error})") from error
    top = _Table(path.absolute(), "", content)
    desk, token, kiosk = top.table("desk"), top.table("token"), top.table("kiosk")
    settings = KioskSettings(
        source=path.absolute(),
        desk_url=_url(desk),
        ca_file=_ca_file(desk),
        modules=tuple(_module(module) for module in token.tables("modules")),
        idle_seconds=_idle(kiosk),
        log=_log(kiosk, environ),
    )
    for table in (top, desk, token, kiosk):
        table.refuse_rest()
    return settings


class _Table:
    """A TOML table that hands its keys out once, with their types checked, and knows its own name."""

    def __init__(self, source: Path, name: str, content: dict[str, Any]) -> None:
        self.source, self._name, self._content = source, name, dict(content)

    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        value = self._content.pop(key, default)
        if value is None:
            raise self.error(key, "缺少", "is missing")
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.error(key, f"类型应为 {kind.__name__}", f"must be of type {kind.__name__}")
        return value

    def table(self, key: str) -> "_Table":
        return _Table(self.source, f"{self._name}{key}.", self.take(key, dict, {}))

    def tables(self, key: str) -> "list[_Table]":
        rows = self.take(key, list)
        if not rows or not all(isinstance(row, dict) for row in rows):
            raise self.error(key, "至少要有一项", "needs at least one table")
        return [_Table(self.source, f"{self._name}{key}[{i}].", row) for i, row in enumerate(rows)]

    def has(self, key: str) -> bool:
        return key in self._content

    def refuse_rest(self) -> None:
        if self._content:
            raise self.error(min(self._content), "不认识", "is unknown")

    def near(self, text: str) -> str:
        """The absolute path of a file named relative to the settings, else the text as it is."""
        beside = self.source.parent / text
        return str(beside) if text and beside.exists() else text

    def error(self, key: str, chinese: str, english: str) -> SettingsError:
        return SettingsError(self.source, self._name + key, chinese, english)


def _url(desk: _Table) -> str:
    url = desk.take("url", str)
    try:
        parts = urlsplit(url)
        sound = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0 and not parts.username
    except ValueError:
        sound = False
    if not sound:
        raise desk.error("url", "应为 https:// 地址", "must be an https:// address")
    return url


def _ca_file(desk: _Table) -> Path | None:
    if not desk.has("ca_file"):
        return None
    path = desk.source.parent / desk.take("ca_file", str)
    if not path.is_file():
        raise desk.error("ca_file", f"文件不存在: {path}", f"names no file: {path}")
    return path


def _module(module: _Table) -> ModuleSettings:
    path = Path(module.near(module.take("path", str))).expanduser()
    environment = module.take("environment", dict, {})
    if not all(isinstance(value, str) for value in environment.values()):
        raise module.error("environment", "的值应为字符串", "must hold strings")
    module.refuse_rest()
    return ModuleSettings(path, tuple((name, module.near(value)) for name, value in environment.items()))


def _idle(kiosk: _Table) -> int:
    seconds = kiosk.take("idle_seconds", int, 120)
    if not 15 <= seconds <= 3600:
        raise kiosk.error("idle_seconds", "应在 15 与 3600 之间", "must be within 15 and 3600")
    return seconds


def _log(kiosk: _Table, environ: Mapping[str, str]) -> Path | None:
    """`log = "…"` names a file, `log = ""` keeps none, absence means the platform's state folder."""
    if kiosk.has("log"):
        named = kiosk.take("log", str)
        return kiosk.source.parent / Path(named).expanduser() if named else None
    return default_log(environ)


def default_log(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the log goes unless the settings say otherwise (XDG base directories; LOCALAPPDATA on Windows)."""
    named = environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_STATE_HOME")
    return Path(named or Path.home() / ".local" / "state") / "ca-kiosk" / "kiosk.log"


def terminal(environ: Mapping[str, str] = os.environ) -> str:
    """`TERM`."""
    return environ.get("TERM", "")


def clean_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str] | None:
    """The environment without what would change Textual or the output's encoding; None when it is clean already."""
    kept = {n: v for n, v in environ.items() if not n.startswith("TEXTUAL_") and n != "PYTHONIOENCODING"}
    return None if len(kept) == len(environ) else kept
