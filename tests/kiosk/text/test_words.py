"""One word for one thing, one spacing: what assets/docs/words.md says holds for every message."""

import re

import pytest

from tests.kiosk.text.catalogue import ROOT, extracted
from tui.kiosk.text.certificate import left_words

GLOSSARY = ROOT / "assets/docs/words.md"
MESSAGES = [str(message.id) for message in extracted() if message.id]
HAN = r"[\u2e80-\u9fff]"
VALUE = r"[A-Za-z0-9{}]"
BLANK = re.compile(rf"{HAN} {VALUE}|{VALUE} {HAN}")
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


def test_no_closing_mark_stands_alone() -> None:
    assert [message for message in MESSAGES if LONE_MARK.search(message) and len(message) > 1] == []


@pytest.mark.parametrize(
    ("days", "said"),
    [(-2, "已过期2天"), (-1, "已过期1天"), (0, "不到1天就到期"), (1, "还有1天到期"), (37, "还有37天到期")],
)
def test_days_have_one_form(days: int, said: str) -> None:
    assert left_words(days) == said
