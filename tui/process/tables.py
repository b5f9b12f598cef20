"""Read settings files (TOML) and check every key; an error names the file and the key."""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from tui.core.failure import Failure, KioskError, Reason

T = TypeVar("T")
C = TypeVar("C", bound=StrEnum)


class SettingsError(KioskError):
    """The settings are missing or wrong; the text names file and key, in Chinese and English."""

    def __init__(self, source: Path | str, key: str, chinese: str, english: str) -> None:
        where = f"{source}: {key}" if key else f"{source}"
        told = f"设置文件 {where} {chinese} / settings file {where} {english}"
        super().__init__(Failure(Reason.SETTINGS_WRONG, detail=told))

    def __str__(self) -> str:
        return self.failure.detail


class VariableError(SettingsError):
    """A variable of the environment is wrong; the text names it, in Chinese and English."""

    def __init__(self, name: str, chinese: str, english: str) -> None:
        told = f"环境变量 {name} {chinese} / environment variable {name} {english}"
        KioskError.__init__(self, Failure(Reason.SETTINGS_WRONG, detail=told))


def is_there(path: Path) -> bool:
    """Whether there is such a file; there is none of a name that no file can have."""
    try:
        return path.exists()
    except OSError:  # too long
        return False


def at_home(text: str) -> Path:
    """The path, in the place of `~` the folder of the one named; as it stands where nobody has that name."""
    path = Path(text)
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def one_of(choices: Iterable[str]) -> tuple[str, str]:
    """What is wrong with a value that is none of these, in Chinese and English."""
    known = " | ".join(choices)
    return f"应为 {known}", f"must be one of {known}"


def open_table(path: Path) -> "Table":
    """The top table of a file.

    :raises SettingsError: it cannot be read, or is no TOML.
    """
    import tomllib  # 8 ms that a command without settings does not spend

    try:
        text = path.read_bytes().decode()
        content = tomllib.loads(text.removeprefix("\ufeff"))  # some editors write a mark before it
    except OSError as error:
        raise SettingsError(path, "", "无法读取", f"cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:  # a number of more digits than Python takes among them
        raise SettingsError(path, "", "不是正确的 TOML", f"is no correct TOML ({error})") from error
    return Table(path.absolute(), "", content)


class Table:
    """A TOML table that hands its keys out once, with their types checked, and knows its own name."""

    def __init__(self, source: Path, name: str, content: dict[str, Any]) -> None:
        self.source, self._name, self._content = source, name, dict(content)
        self._known: list[str] = []
        """Keys that were asked for."""

    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        """The value of a key, or the default; without one the key must be there."""
        self._known.append(key)
        value = self._content.pop(key, default)
        if value is None:
            raise self.error(key, "缺少", "is missing")
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.error(key, f"类型应为 {kind.__name__}", f"must be of type {kind.__name__}")
        return value

    def choice(self, key: str, default: C) -> C:
        """The one of the default's kind that the key names."""
        kind, named = type(default), self.take(key, str, default.value)
        if named not in list(kind):
            raise self.error(key, *one_of(kind))
        return kind(named)

    def table(self, key: str) -> "Table":
        """The table below this one, empty when it is not there."""
        return Table(self.source, f"{self._name}{key}.", self.take(key, dict, {}))

    def tables(self, key: str) -> "list[Table]":
        """The rows of an array of tables; none where the key is absent."""
        rows = self.take(key, list, [])
        if not all(isinstance(row, dict) for row in rows):
            raise self.error(key, "的每一项应为表", "must hold tables")
        return [Table(self.source, f"{self._name}{key}[{i}].", row) for i, row in enumerate(rows)]

    def has(self, key: str) -> bool:
        """Whether the key is there and was not taken yet."""
        self._known.append(key)
        return key in self._content

    def refuse_rest(self) -> None:
        """A key that nobody took is a mistake in the file."""
        if self._content:
            known = " | ".join(sorted(set(self._known)))
            raise self.error(min(self._content), f"不认识，可用的有 {known}", f"is unknown; known here: {known}")

    def near(self, text: str) -> str:
        """The absolute path of a file named relative to the settings, else the text as it is."""
        beside = self.source.parent / text
        return str(beside) if text and is_there(beside) else text

    def error(self, key: str, chinese: str, english: str) -> SettingsError:
        """The error that names this table's key."""
        return SettingsError(self.source, self._name + key, chinese, english)
