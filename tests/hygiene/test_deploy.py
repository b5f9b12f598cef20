"""What an operator copies: pages and files name what is there, and commands with options that exist."""

import configparser
import re
import shlex
import signal
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.hygiene.test_documents import BY_NAME
from tui.cli.parser import parser
from tui.kiosk.settings import CONFIG_VARIABLE, LANGUAGE_VARIABLE, MODE_VARIABLE, read

DEPLOY = Path(__file__).parents[2] / "assets/deploy"
PAGES = sorted(DEPLOY.rglob("README.md"))
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file() and path.name != "README.md")
UNITS = [path for path in FILES if path.suffix == ".service"]


def _name(path: Path) -> str:
    return str(path.relative_to(DEPLOY))


def _installed(page: Path) -> set[Path]:
    """What the page has installed from its own folder, or from a checkout."""
    words = re.findall(r"^install -m \d+ (\S+) -D \S+$|^cat (\S+) >>", page.read_text(encoding="utf-8"), re.MULTILINE)
    named = ["".join(each) for each in words]
    return {DEPLOY.parents[1] / each if each.startswith("assets/") else page.parent / each for each in named}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_a_link_of_a_page_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_what_a_page_installs_is_there(page: Path) -> None:
    assert [path for path in _installed(page) if not path.is_file()] == []


@pytest.mark.parametrize("file", FILES, ids=_name)
def test_every_file_has_a_page_that_tells_where_it_goes(file: Path) -> None:
    assert any(file.name in page.read_text(encoding="utf-8") for page in PAGES)


def _commands(text: str) -> list[str]:
    """What follows `ca-kiosk` where the program is run, up to the end of the command."""
    return re.findall(r"(?:^|[`\s/])ca-kiosk((?: (?:--?[a-z]|doctor|operator-password)[^`\n;]*)+)", text, re.MULTILINE)


@pytest.mark.parametrize("file", [*PAGES, *FILES], ids=_name)
def test_a_command_that_is_run_is_known_to_the_parser(file: Path) -> None:
    for words in _commands(file.read_text(encoding="utf-8")):
        if words.strip().startswith("-f "):
            continue  # the image's name, after `podman build -t`
        known = parser().parse_args(shlex.split(words))
        assert known.command.name in BY_NAME, words


def test_pages_run_the_program_at_all() -> None:
    run = {_name(path) for path in (*PAGES, *FILES) if _commands(path.read_text(encoding="utf-8"))}
    assert run >= {
        "README.md",
        "counter/ca-kiosk@.service",
        "counter/ca-kiosk-screen.service",
        "ssh/ca-kiosk.conf",
        "fleet/README.md",
    }


@pytest.mark.parametrize("unit", UNITS, ids=_name)
def test_a_unit_reads_the_settings_that_the_pages_install(unit: Path) -> None:
    parts = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parts.optionxform = str  # type: ignore[assignment,method-assign]
    parts.read(unit, encoding="utf-8")
    service = parts["Service"]
    assert service["ExecStart"].endswith("/usr/local/bin/ca-kiosk --config /etc/ca-kiosk/kiosk.toml")
    assert (service["User"], service["Restart"]) == ("kiosk", "always")
    assert f"{MODE_VARIABLE}=counter" in service["Environment"].split()


@pytest.mark.parametrize("file", sorted(DEPLOY.rglob("kiosk.toml")), ids=_name)
def test_settings_of_the_pages_are_read(file: Path) -> None:
    assert read(file, {}).modules
    assert tomllib.loads(file.read_text(encoding="utf-8"))["desk"]["url"] == "https://desk.example.cn"


def test_the_fleets_page_names_every_variable_of_the_program() -> None:
    page = (DEPLOY / "fleet/README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"CA_KIOSK_\w+", page)) == {CONFIG_VARIABLE, LANGUAGE_VARIABLE, MODE_VARIABLE}
    written = set(re.findall(r"CA_KIOSK_\w+", "".join(path.read_text(encoding="utf-8") for path in FILES)))
    assert written <= {CONFIG_VARIABLE, LANGUAGE_VARIABLE, MODE_VARIABLE}


def test_the_image_is_made_of_what_the_project_has() -> None:
    text = (DEPLOY / "container/Containerfile").read_text(encoding="utf-8")
    project = tomllib.loads((DEPLOY.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (extra,) = re.findall(r"/usr/src/ca-kiosk\[(\w+)\]", text)
    assert extra in project["optional-dependencies"]
    (entry,) = re.findall(r'^ENTRYPOINT \["/usr/local/bin/([\w-]+)"\]$', text, re.MULTILINE)
    assert entry in project["scripts"]


def test_scripts_are_sound() -> None:
    subprocess.run(("sh", "-n", DEPLOY / "ssh/ca-renew"), check=True)


def test_foot_keeps_no_key_for_itself() -> None:
    ini = (DEPLOY / "counter/foot.ini").read_text(encoding="utf-8")
    bound = ini.partition("[key-bindings]")[2]
    values = dict(line.split("=") for line in bound.splitlines() if "=" in line)
    assert len(values.pop("selection-override-modifiers").split("+")) == 4  # more than anybody presses
    assert set(values.values()) == {"none"}
    assert {"spawn-terminal", "show-urls-launch", "unicode-input", "clipboard-paste", "primary-paste"} <= set(
        re.findall(r"^([\w-]+)=", bound, re.MULTILINE)
    )


@pytest.mark.parametrize("unit", UNITS, ids=_name)
def test_a_unit_that_is_stopped_has_not_failed(unit: Path) -> None:
    (good,) = re.findall(r"^SuccessExitStatus=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(good.split()) == {str(128 + signal.SIGHUP), str(128 + signal.SIGTERM)}


def test_sway_starts_both_commands_of_a_line_not_the_first_alone() -> None:
    """At a semicolon outside quotes a command of sway's own begins (sway(5))."""
    lines = (DEPLOY / "counter/sway.conf").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("exec") and ";" in re.sub("'[^']*'", "", line)] == []
