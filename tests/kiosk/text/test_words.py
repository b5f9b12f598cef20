"""One word for one thing, one spacing: what assets/docs/words.md says holds for every message."""

import re

import pytest

from tests.harness.spacing import BLANK, NAMES
from tests.kiosk.text.catalogue import ROOT, known
from tui.kiosk.text.certificate import left_words

GLOSSARY = ROOT / "assets/docs/words.md"
ENGLISH = {str(message.id): str(message.string) for message in known() if message.id}
MESSAGES = list(ENGLISH)
QUOTED, QUOTED_ENGLISH = re.compile("「([^」]+)」"), re.compile('"([^"]+)"')
TYPED = {"<", "?", ".", "-", "'"}
"""Quoted as what is typed, in Chinese alone."""
KEYS = re.compile(r"^ *F1 ")
LEGEND = re.compile(r"^[A-Za-z]: ")
LONE_MARK = re.compile(r"(^|\n)\s*[。，、；：？！]")


def _refused() -> set[str]:
    rows = [line.split("|") for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return {word.strip() for row in rows[1:] for word in row[4].split(",")} - {""}


def test_no_message_has_another_word_for_a_thing() -> None:
    refused = _refused()
    assert "旧证书" in refused
    assert [(word, message) for message in MESSAGES for word in refused if word in message] == []


def test_no_blank_stands_between_chinese_and_latin() -> None:
    assert [message for message in MESSAGES if BLANK.search(message)] == []


def test_what_a_text_quotes_is_a_label_by_its_very_words_in_both_languages() -> None:
    for message, told in ENGLISH.items():
        quoted = [words for words in QUOTED.findall(message) if words not in TYPED]
        labels = {words if words.startswith("{") else ENGLISH.get(words, f"no label: {words}") for words in quoted}
        assert set(QUOTED_ENGLISH.findall(told)) == labels, message


@pytest.mark.parametrize("kind", ["zh-compact", "zh-regular"])
def test_no_blank_stands_there_on_any_screen(kind: str) -> None:
    """Nor where values have come in; title, rail and keys aside, whose blanks part a number or key from its name."""
    found = []
    for path in (ROOT / "tests/kiosk/looks/screens" / kind).glob("*.txt"):
        rows = [row for row in path.read_text(encoding="utf-8").partition("\n\n")[2].split("\n") if row[:2] != "~ "]
        body = [row for row in rows if not KEYS.search(row) and not LEGEND.match(row)]
        found += [(path.name, row) for row in body if BLANK.search(NAMES.sub("", row))]
    assert found == []


def test_no_closing_mark_stands_alone() -> None:
    assert [message for message in MESSAGES if LONE_MARK.search(message) and len(message) > 1] == []


@pytest.mark.parametrize(
    ("days", "said"),
    [(-2, "已过期2天"), (-1, "已过期1天"), (0, "不到1天就到期"), (1, "还有1天到期"), (37, "还有37天到期")],
)
def test_days_have_one_form(days: int, said: str) -> None:
    assert left_words(days) == said
