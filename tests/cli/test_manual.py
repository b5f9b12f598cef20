"""Man page and completions are those of the table, and a shell completes by them."""

import subprocess
from pathlib import Path

import pytest

from tests.cli.manual import COMPLETIONS, MAN, made
from tui.cli.found import found
from tui.cli.table import COMMANDS, KIOSK


@pytest.mark.parametrize("file", [MAN, *COMPLETIONS.values()], ids=lambda file: file.name)
def test_it_is_current(file: Path) -> None:
    assert file.read_text(encoding="utf-8") == made()[file], "run python -m tests.cli.manual"


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("desk m", "migrate"),
        ("desk orders --r", "--refunding --revoke"),
        ("sandbox fault not", "notice-dropped notice-doubled notice-early notice-late notice-resent"),
        ("desk verify --channel u", "unionpay"),
    ],
)
def test_bash_completes(words: str, offered: str) -> None:
    script = (
        f'source "{COMPLETIONS["bash"]}"; COMP_WORDS=(ca-kiosk {words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); '
        '_shtab_ca_kiosk; echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.split() == offered.split()


@pytest.mark.parametrize("command", [KIOSK, *COMMANDS], ids=lambda command: command.name or "kiosk")
def test_what_a_command_does_is_there_and_takes_its_options(command) -> None:  # type: ignore[no-untyped-def]
    function = found(command.does)
    taken = function.__code__.co_varnames[: function.__code__.co_argcount + function.__code__.co_kwonlyargcount]
    assert set(taken) == {option.parameter for option in command.each}
