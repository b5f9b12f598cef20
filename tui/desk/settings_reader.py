"""A TOML file converted into structs by msgspec, strictly; every error names the file and the key."""

import re
import tomllib
from codecs import BOM_UTF8
from pathlib import Path, PosixPath
from typing import Annotated, Any, Final, Self, TypeVar

import msgspec
from msgspec import Meta
from msgspec.inspect import EnumType, Metadata, StrType, StructType, Type, UnionType, VarTupleType, type_info

from tui.process.output import unusable
from tui.process.secret_files import open_to_others

T = TypeVar("T")
_INDEX = re.compile(r"\[.*?\]")
_MISSING = re.compile(r"Object missing required field `(.*)`", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_OTHER_KIND = re.compile(r"Invalid value '.*'", re.DOTALL)
"""Of the key that chooses between structs."""
_OTHER_TYPE = re.compile(r"Expected `(\w+)[^`]*`, got `.*`")
_TOML = {"object": "a table", "array": "a list"}
"""TOML's words for JSON's."""

_MOST: Final = 1_000_000_000
"""Of anything counted: what every database, and a span of years in seconds, can hold."""
Positive = Annotated[int, Meta(ge=1, le=_MOST, description=f"must be positive, {_MOST} at most")]
Seconds = Annotated[float, Meta(gt=0, le=600, description="must be more than 0 and at most 600")]
"""For one exchange with another service."""
_PORT = r"(?::(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5]))?"
_LOOPBACK = r"http://(?:127\.0\.0\.1|localhost|\[::1\])"
_HTTPS = rf"(?:https://(?:[^/?#@:\s\[\]]+|\[[0-9A-Fa-f:.]+\])|{_LOOPBACK}){_PORT}(?:/\S*)?"
_TOLD = "must begin with https:// (http on loopback only) and name a host"
Address = Annotated[str, Meta(pattern=rf"\A{_HTTPS}\Z", description=_TOLD)]
"""Of a service that is spoken to over TLS."""
AddressOrNone = Annotated[str, Meta(pattern=rf"\A(?:{_HTTPS})?\Z", description=_TOLD)]
"""The same, or empty."""


class SettingsError(Exception):
    """The settings cannot be used; the text names file and key."""


class UnusableSetting(ValueError):  # noqa: N818
    """One field of a settings struct has a value of the right type and of no use."""

    def __init__(self, field: str, why: str) -> None:
        """Keep the field's name and what is wrong with it, without its value."""
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


class SecretPath(PosixPath):
    """A file that is handed on by its name, and that nobody else may read or change."""

    @classmethod
    def named(cls, text: str, file: Path) -> Self:
        """The file that `text` in the settings `file` names."""
        refuse_open(file.parent / text)
        return cls(file.parent / text)


class FileBytes(bytes):
    """What the file holds that a key (`…_file`) names; never shown."""

    file: Path | None = None
    """None: the key is not given."""

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    @classmethod
    def named(cls, text: str, file: Path) -> Self:
        """From the file that `text` in the settings `file` names.

        :raises ValueError: it cannot be read, or is not what it should be.
        """
        found = file.parent / text
        try:
            return cls(found.read_bytes())._of(found)
        except OSError as error:
            raise ValueError(unusable(error)) from error

    def _of(self, file: Path | None) -> Self:
        self.file = file
        return self


class SecretBytes(FileBytes):
    """From a file that nobody else may read or change."""

    @classmethod
    def named(cls, text: str, file: Path) -> Self:
        """From that file."""
        refuse_open(file.parent / text)
        return super().named(text, file)


class Password(SecretBytes):
    """From the one line of such a file."""

    @classmethod
    def named(cls, text: str, file: Path) -> Self:
        """Without blanks, line end and an editor's mark."""
        found = super().named(text, file)
        return cls(found.removeprefix(BOM_UTF8).strip())._of(found.file)


def unusable_file(settings: msgspec.Struct, field: str, why: object) -> UnusableSetting:
    """Of a key that names a file: what is wrong with that file, Chinese and English."""
    return UnusableSetting(field, f"{getattr(settings, field).file} {why}")


def refuse_open(path: Path) -> None:
    """Refuse a file of secrets that other people may read or change.

    :raises ValueError: they may.
    """
    try:
        why = open_to_others(path)
    except OSError:  # told by whoever reads it
        return
    if why:
        raise ValueError(why)


def read(file: Path, kind: type[T]) -> T:
    """The whole file as `kind`, a struct of tables; relative paths in it are relative to its folder.

    :raises SettingsError: the file is missing, is no TOML, or a key is missing, unknown or of no use.
    """

    def named(wanted: type[Any], found: object) -> object:
        if not isinstance(found, str):
            raise TypeError(f"Expected `str`, got `{type(found).__name__}`")
        return wanted(file.parent / found) if wanted is Path else wanted.named(found, file)

    try:
        document = tomllib.loads(file.read_text(encoding="utf-8-sig"))  # some editors write a mark before it
        return msgspec.convert(document, kind, dec_hook=named)
    except OSError as error:
        raise SettingsError(f"{file}: 无法读取 / cannot be read: {error.strerror}") from error
    except msgspec.ValidationError as error:
        raise SettingsError(f"{file}: {_what_is_wrong(error, kind)}") from error.__cause__
    except (ValueError, RecursionError) as error:  # a number of more digits than Python takes among them
        raise SettingsError(f"{file}: 不是正确的 TOML / is no correct TOML: {error}") from error


def _what_is_wrong(error: msgspec.ValidationError, kind: type[Any]) -> str:
    """The key, and what a struct's rule, the key's own type or msgspec says of it."""
    what, *where = str(error).rsplit(" - at `$", 1)
    path = [key for key in _INDEX.sub("", "".join(where)).rstrip("`").split(".") if key]
    cause, key = error.__cause__, ".".join(path)
    if isinstance(cause, UnusableSetting):
        fields = _struct(_at(kind, path)).fields
        name = next((field.encode_name for field in fields if field.name == cause.field), cause.field)
        return f"{'.'.join([*path, name])}: {cause.why}"
    if isinstance(cause, ValueError):
        return f"{key}: {cause}"
    if missing := _MISSING.fullmatch(what):
        return f"{key}.{missing[1]} is missing" if path else f"[{missing[1]}] is missing"
    if unknown := _UNKNOWN.fullmatch(what):
        return f"{'.'.join([*path, unknown[1]])} is not known"
    if _OTHER_KIND.fullmatch(what):
        return f"{key} is not known"
    match _at(kind, path):
        case EnumType(cls=choices):
            return f"{key} must be {' or '.join(choices)}"
        case _ if other := _OTHER_TYPE.fullmatch(what):
            return f"{key} must be {_TOML.get(other[1], other[1])}"
        case Metadata(extra_json_schema={"description": str(words)}):
            return f"{key} {words}"
    return f"{key}: {what}"


def _at(kind: type[Any], path: list[str]) -> Type:
    """The type of what stands under these keys."""
    found = type_info(kind)
    for key in path:
        fields = _struct(found).fields
        found = next((field.type for field in fields if field.encode_name == key), StrType())  # else the tag
    return found


def _struct(found: Type) -> StructType:
    """The struct of a table, of one that may be left out, or of each in an array of tables."""
    match found:
        case StructType():
            return found
        case VarTupleType(item_type=inner):
            return _struct(inner)
        case UnionType(types=types):
            return next(one for one in types if isinstance(one, StructType))
    raise TypeError(found)
