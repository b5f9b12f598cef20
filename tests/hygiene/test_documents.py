"""The documents say what is there: links, paths, commands with their options, exit codes, every key of the settings."""

import argparse
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.inspect import Field, StrType, StructType, Type, UnionType, VarTupleType, type_info

from tui.cli.parser import parser
from tui.core.exits import Exit
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
    modules = {f"{module.replace('.', '/')}.py" for module in re.findall(r"`(?:python -m )?(tests(?:\.\w+)+)", text)}
    assert sorted(path for path in named | modules if not (TREE / path).exists()) == []


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
def _commands(top: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    below = _below(top)
    yield from (() if below else (path,))
    for name, command in below.items():
        yield from _commands(command, (*path, name))


def _below(command: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    groups = [action for action in command._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(groups[0].choices) if groups else {}


def _written(text: str) -> set[str]:
    """What follows `ca-kiosk` in code."""
    return set(re.findall(r"`(?:~/\.local/bin/)?ca-kiosk ?([^`]*)`", text))


@pytest.mark.parametrize("line", sorted(_written(_texts(PRESENT))))
def test_a_command_that_is_named_exists_with_its_options(line: str) -> None:
    command = parser()
    for word in line.split():
        if not re.fullmatch("[a-z]+", word) or not _below(command):
            break
        command = _below(command)[word]
    known = {option for action in command._actions for option in action.option_strings}
    assert set(re.findall(r"--[a-z-]+", line)) <= known


@pytest.mark.parametrize("path", sorted(_commands(parser())), ids=" ".join)
def test_readme_names_every_command(path: tuple[str, ...]) -> None:
    assert [line for line in _written(README) if f"{line} ".startswith(f"{' '.join(path)} ")]


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


def _fields(kind: type, table: str) -> Iterator[tuple[str, Field]]:
    """The keys of a struct and of those in it."""
    found = type_info(kind)
    assert isinstance(found, StructType)
    if found.tag_field:
        yield (
            table + found.tag_field,
            Field(found.tag_field, found.tag_field, StrType(), required=False, default=found.tag),
        )
    for field in found.fields:
        if inner := _struct(field.type):
            yield from _fields(inner, f"{table}{field.encode_name}.")
        else:
            yield table + field.encode_name, field


def _struct(found: Type) -> type | None:
    """The struct of a table, of one that may be left out, or of each in an array of tables."""
    match found:
        case StructType(cls=kind):
            return kind
        case VarTupleType(item_type=inner):
            return _struct(inner)
        case UnionType(types=types):
            return next((kind for one in types if (kind := _struct(one))), None)
    return None


def test_the_desks_settings_are_documented_each_with_its_default() -> None:
    documented, own = _documented("desk.toml"), dict(_fields(Desk, "desk."))
    fields = own | {key: field for key, field in _fields(DeskSettings, "") if f"desk.{key}" not in own}
    assert set(documented) == set(fields)
    for key, (optional, value) in documented.items():
        assert optional is not fields[key].required, key
        if isinstance(default := fields[key].default, str | int | float) and default not in ("", False):
            assert value == default, key


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
