"""Translations belong to the very text that ships, say all of its clauses, and are marked as translations."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.harness.people import NOTICE, SERVICE
from tui.core.order import FEE_NAME, Document
from tui.desk.renewals.documents import documents
from tui.kiosk.text import use_language
from tui.kiosk.text.translated import english_name, is_translated, reading

TEXTS = documents().notice, documents().agreement
CLAUSE = re.compile(r"^(\d+)[、.]", re.MULTILINE)
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


@pytest.fixture
def english() -> Iterator[None]:
    """Spoken in this test."""
    use_language("en")
    yield
    use_language("zh")


@pytest.mark.parametrize("document", TEXTS, ids=lambda document: document.version + document.title)
def test_what_ships_is_translated_whole(document: Document) -> None:
    assert document.digest == hashlib.sha256(document.text.encode()).hexdigest()
    assert document.english
    assert CLAUSE.findall(document.english) == CLAUSE.findall(document.text)
    assert document.english.count("\n\n") == document.text.count("\n\n")
    assert not BEYOND_ASCII.search(document.english)


@pytest.mark.usefixtures("english")
def test_a_translation_is_marked_and_the_chinese_is_in_reach() -> None:
    (notice, _) = TEXTS
    assert "the Chinese text is binding" in reading(notice).split("\n\n")[0]
    assert reading(notice, original=True) == notice.text
    assert is_translated(notice)


@pytest.mark.usefixtures("english")
def test_a_text_without_one_is_shown_as_it_is() -> None:
    assert reading(NOTICE) == f"This text is available in Chinese only.\n\n{NOTICE.text}"
    assert not is_translated(NOTICE)


def test_chinese_is_read_in_chinese() -> None:
    assert reading(TEXTS[0]) == TEXTS[0].text
    assert not is_translated(TEXTS[0])
    assert english_name(FEE_NAME, SERVICE) == ""


@pytest.mark.usefixtures("english")
def test_names_are_the_desk_s_or_those_that_ship() -> None:
    told = replace(SERVICE, english=(("收款公司", "The Payee Co., Ltd."),))
    assert english_name("收款公司", told) == "The Payee Co., Ltd."
    assert english_name("收款公司", SERVICE) == ""
    assert english_name(FEE_NAME, None) == "Certificate service fee"
