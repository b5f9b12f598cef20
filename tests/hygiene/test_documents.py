"""The documents say what is there: links, paths, commands with their options, exit codes, every key of the settings."""

import re
import tomllib
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path

import pytest
from msgspec.inspect import Field, StrType, StructType, Type, UnionType, VarTupleType, type_info

from tui.cli.command import Command
from tui.cli.table import COMMANDS, KIOSK
from tui.core.exits import Exit
from tui.core.form.kinds import IdType
from tui.core.payment_method import PaymentMethod
from tui.desk.settings import Desk, DeskSettings
from tui.kiosk.settings import read
from tui.kiosk.unattended.answers import read_answers
from tui.process.tables import SettingsError

TREE = Path(__file__).parents[2]
README = (TREE / "README.md").read_text(encoding="utf-8")
PAGES = (TREE / "README.md", *sorted((TREE / "assets/docs").glob("*.md")))
PRESENT = [page for page in PAGES if page.name != "changelog.md"]
"""Those that tell of today."""
KEY = re.compile(r"^(# )?(\w+) = (.+)", re.MULTILINE)


def _texts(pages: list[Path]) -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def test_readme_is_short() -> None:
    assert len(README.splitlines()) <= 130


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_link_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_a_path_that_is_named_is_there() -> None:
    text = _texts(PRESENT)
    named = set(re.findall(r"`((?:tui|tests|assets)(?:/[\w.-]+)+)", text))
    modules = {module.replace(".", "/") for module in re.findall(r"`(?:python -m )?(tests(?:\.\w+)+)", text)}
    named |= {f"{path}/__main__.py" if (TREE / path).is_dir() else f"{path}.py" for path in modules}
    assert sorted(path for path in named if not (TREE / path).exists()) == []


def test_the_tests_of_a_change_are_started_as_readme_says() -> None:
    commands = re.findall(r"^```sh\n(.*)\n```$", README, re.MULTILINE)
    assert (TREE / ".ci/run").read_text(encoding="utf-8").splitlines()[-1] == commands[1]


def test_readme_says_why_of_every_dependency() -> None:
    project = tomllib.loads((TREE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [
        *project["dependencies"],
        *(word for extra in project["optional-dependencies"].values() for word in extra),
    ]
    names = {re.match(r"[\w-]+", word)[0] for word in needed} - {project["name"]}  # type: ignore[index]
    table = README.partition("| kiosk | why |")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]
    told = {name for row in rows for cell, why in (row[:2], row[2:]) if why for name in cell.split(", ")}
    assert told == names


# ── commands ────────────────────────────────────────────────────────────────
BY_NAME = {command.name: command for command in (KIOSK, *COMMANDS)}


def _written(text: str) -> set[str]:
    """What follows `ca-kiosk` in code."""
    return set(re.findall(r"`ca-kiosk ?([^`]*)`", text))


def _command(line: str) -> Command:
    """The command that a line begins with."""
    words = re.match("(?:[a-z][a-z-]* ?)*", line)[0].split()  # type: ignore[index]
    named = [" ".join(words[:count]) for count in range(len(words), -1, -1)]
    return next(BY_NAME[name] for name in named if name in BY_NAME and (name or not words))


@pytest.mark.parametrize("line", sorted(_written(_texts(PRESENT))))
def test_a_command_that_is_named_exists_with_its_options(line: str) -> None:
    known = {option.flag for option in _command(line).each}
    assert set(re.findall(r"--[a-z-]+", line)) <= {*known, "--help"}


def test_readme_names_every_command() -> None:
    assert {_command(line).name for line in _written(README) if "COMMAND" not in line} == set(BY_NAME)


def test_readme_explains_every_exit_code() -> None:
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)] == list(Exit)


# ── settings ────────────────────────────────────────────────────────────────
def _documented(file: str) -> dict[str, tuple[bool, object]]:
    """Key with its table -> whether it may be left out, and what stands there."""
    found: dict[str, tuple[bool, object]] = {}
    for block in _blocks(file):
        table = ""
        for line in block.splitlines():
            if line.startswith("["):
                table = re.findall(r"[\w.]+", line)[0] + "."
            elif key := KEY.match(line):
                found[table + key[2]] = bool(key[1]), tomllib.loads(f"it = {key[3]}")["it"]
    return found


def _blocks(file: str) -> list[str]:
    return re.findall(rf"^```toml\n# {re.escape(file)}\n(.*?)^```$", _texts(PRESENT), re.MULTILINE | re.DOTALL)


def _fields(kind: type, table: str) -> Iterator[tuple[str, Field | None]]:
    """The keys of a struct and of those in it; without a field the one that says which of several structs it is."""
    found = type_info(kind)
    assert isinstance(found, StructType)
    if found.tag_field:
        yield (
            table + found.tag_field,
            Field(found.tag_field, found.tag_field, StrType(), required=False, default=found.tag),
        )
    for field in found.fields:
        inner = list(_structs(field.type))
        for struct in inner:
            yield from _fields(struct, f"{table}{field.encode_name}.")
        if not inner:
            yield table + field.encode_name, field


def _structs(found: Type) -> Iterator[type]:
    """Those of a table, of one that may be left out, or of each in an array of tables."""
    match found:
        case StructType(cls=kind):
            yield kind
        case VarTupleType(item_type=inner):
            yield from _structs(inner)
        case UnionType(types=types):
            for one in types:
                yield from _structs(one)


def test_the_desks_settings_are_documented_each_with_its_default() -> None:
    documented, own = _documented("desk.toml"), dict(_fields(Desk, "desk."))
    fields = own | {key: field for key, field in _fields(DeskSettings, "") if f"desk.{key}" not in own}
    assert set(documented) == set(fields)
    for key, (optional, value) in documented.items():
        if field := fields[key]:
            assert optional is not field.required, key
            if isinstance(field.default, str | int | float) and field.default not in ("", False):
                assert value == field.default, key


@pytest.mark.parametrize(("key", "codes"), [("id_type", IdType), ("method", PaymentMethod)])
def test_every_code_of_a_choice_is_documented(key: str, codes: type[StrEnum]) -> None:
    (written,) = re.findall(rf"^# {key} = (.+)$", _blocks("answers.toml")[0], re.MULTILINE)
    assert set(re.findall(r"[a-z_]+", written)) - {"or"} == set(codes)


@pytest.mark.parametrize(("file", "reader"), [("kiosk.toml", read), ("answers.toml", read_answers)])
def test_the_kiosks_files_are_documented_key_by_key(
    file: str, reader: Callable[[Path], object], tmp_path: Path
) -> None:
    (tmp_path / "desk-ca.pem").touch()
    whole = KEY.sub(r"\2 = \3", "".join(_blocks(file)))
    (tmp_path / file).write_text(whole, encoding="utf-8")
    reader(tmp_path / file)
    written: dict[str, set[str]] = {}
    for key in _documented(file):
        written.setdefault(key.rpartition(".")[0], set()).add(key.rpartition(".")[2])
    for table, keys in written.items():
        head = re.search(rf"^\[+{re.escape(table)}\]+.*\n" if table else "", whole, re.MULTILINE)
        assert head
        spoilt = f"{whole[: head.end()]}not_known = 1\n{whole[head.end() :]}"
        (tmp_path / file).write_text(spoilt, encoding="utf-8")
        with pytest.raises(SettingsError, match="known here: ") as refused:
            reader(tmp_path / file)
        known = str(refused.value).rpartition("known here: ")[2].split(" | ")
        assert {key for key in known if f"{table}.{key}".lstrip(".") not in written} == keys
