"""Tables of a TOML file read into settings classes by their fields' types; every error names the file and the key."""

from dataclasses import MISSING, Field, dataclass, fields
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from tui.desk.platforms.common.unusable import UnusableSetting
from tui.process.secret_files import open_to_others

T = TypeVar("T")
_SECRETS = frozenset({"key", "data_key_file", "app_private_key", "pfx", "pfx_password", "app_secret", "password"})
"""Fields whose files nobody else may read; the other files are public keys and certificates."""


class SettingsError(Exception):
    """The settings cannot be used; the text names file and key."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Fills a settings class from a table by its fields' types."""

    file: Path

    def optional(self, document: dict[str, Any], name: str, kind: type[T], prefix: str = "") -> T | None:
        """The table, or None where the file has none."""
        return self.table(document, name, kind, prefix) if name in document else None

    def table(self, document: dict[str, Any], name: str, kind: type[T], prefix: str = "") -> T:
        """The table as `kind`; a field of type bytes is read from the file that the key `<field>_file` names."""
        table = document.get(name)
        if not isinstance(table, dict):
            raise SettingsError(f"{self.file}: [{prefix}{name}] is missing")
        hints, left, values = get_type_hints(kind), dict(table), {}
        for item in fields(kind):  # type: ignore[arg-type]
            key = f"{item.name}_file" if hints[item.name] is bytes else item.name
            if key in left:
                values[item.name] = self._value(left.pop(key), hints[item.name], f"{prefix}{name}.{key}", item)
            elif item.default is MISSING and item.default_factory is MISSING:
                raise SettingsError(f"{self.file}: {prefix}{name}.{key} is missing")
        if left:
            raise SettingsError(f"{self.file}: {prefix}{name}.{next(iter(left))} is not known")
        try:
            return kind(**values)
        except UnusableSetting as error:
            key = f"{error.field}_file" if hints[error.field] is bytes else error.field
            raise SettingsError(f"{self.file}: {prefix}{name}.{key}: {error.why}") from error

    def _value(self, value: object, hint: Any, key: str, item: "Field[Any]") -> object:
        if item.name in _SECRETS and hint in (bytes, Path) and isinstance(value, str):
            self.refuse_open(self.file.parent / value, key)
        if hint is bytes and isinstance(value, str):
            data = self._bytes(self.file.parent / value, key)
            return data.strip() if item.name.endswith(("password", "secret")) else data
        if hint in (Path, Path | None) and isinstance(value, str):
            return self.file.parent / value
        if hint is timedelta and _is_number(value):
            return timedelta(seconds=value)  # type: ignore[arg-type]
        if hint is float and _is_number(value):
            return float(value)  # type: ignore[arg-type]
        if hint == tuple[str, ...]:
            return self._texts(value, key)
        if hint == tuple[Path, ...]:
            return tuple(self.file.parent / text for text in self._texts(value, key))
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            return self._choice(value, hint, key)
        plain = hint if isinstance(hint, type) else next((t for t in getattr(hint, "__args__", ()) if t), str)
        if isinstance(value, plain) and not (plain is int and isinstance(value, bool)):
            return value
        raise SettingsError(f"{self.file}: {key} must be {getattr(plain, '__name__', plain)}")

    def refuse_open(self, path: Path, key: str) -> None:
        """Raise SettingsError where other people may read or change the file of a secret."""
        try:
            why = open_to_others(path)
        except OSError:  # told by whoever reads it
            return
        if why:
            raise SettingsError(f"{self.file}: {key}: {why}")

    def _texts(self, value: object, key: str) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        raise SettingsError(f"{self.file}: {key} must be a list of texts")

    def _choice(self, value: object, kind: type[StrEnum], key: str) -> StrEnum:
        for member in kind:
            if value == member.value:
                return member
        raise SettingsError(f"{self.file}: {key} must be {' or '.join(kind)}")

    def _bytes(self, path: Path, key: str) -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            raise SettingsError(f"{self.file}: {key}: {error}") from error


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
