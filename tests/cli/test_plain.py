"""What is understood without the parser means what the parser would make of it."""

import pytest

from tui.cli.parser import parser
from tui.cli.plain import plain_command, plain_words
from tui.cli.table import KIOSK


@pytest.mark.parametrize("words", [[], ["--config", "a.toml"], ["--config", "a b/一.toml"]])
def test_plain_words_mean_what_the_parser_makes_of_them(words: list[str]) -> None:
    parsed = vars(parser().parse_args(words))
    assert parsed.pop("command") is KIOSK
    assert plain_words(words) == parsed


@pytest.mark.parametrize("words", [["--config"], ["--config", "-h"], ["--config=a"], ["certs"], ["--version"], ["-h"]])
def test_all_other_words_are_the_parser_s(words: list[str]) -> None:
    assert plain_words(words) is None


_FILES = ["--config", "a.toml", "--answers", "b 二.toml", "--pin-file", "pin"]


@pytest.mark.parametrize(
    "words",
    [
        ["certs", "--json"],
        ["certs", "--json", "--module", "/a b/m.so"],
        ["certs", "--json", "--config", ""],
        ["renew", *_FILES],
        ["renew", "--json", *_FILES],
        ["renew", "--json", *_FILES[4:], *_FILES[:4]],
    ],
    ids=" ".join,
)
def test_plain_commands_mean_what_the_parser_makes_of_them(words: list[str]) -> None:
    parsed = vars(parser().parse_args(words))
    command, plain = parsed.pop("command"), plain_command(words)
    assert plain == (command.does, {option.parameter: parsed[option.parameter] for option in command.each})
    assert (command.full_screen, command.logs, command.extra) == (False, False, "")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["certs"],
        ["certs", "--watch"],
        ["certs", "--json", "--watch"],
        ["certs", "--json", "--module"],
        ["certs", "--json", "--module", "--config"],
        ["certs", "--json", "--module", "a", "--module", "b"],
        ["certs", "--json", "--module", "a", "--config", "b"],
        ["certs", "--json", "-h"],
        ["renew", *_FILES[:4]],
        ["renew", *_FILES[:4], "--pin-file", "-"],
        ["renew", *_FILES, "--json"],
        ["renew", *_FILES, "more"],
    ],
    ids=" ".join,
)
def test_all_other_commands_are_the_parser_s(words: list[str]) -> None:
    assert plain_command(words) is None
