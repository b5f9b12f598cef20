"""The notice line by line in English: marked as a translation, the Chinese a choice at its end."""

from collections.abc import Iterator

import pytest

from tests.harness.people import state
from tests.kiosk.linear.test_scanning import Heard, listed_of
from tui.desk.renewals.documents import documents
from tui.journey import events as e
from tui.journey.state import Step
from tui.kiosk.linear.dialogues.documents import Notice
from tui.kiosk.text import use_language


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Spoken in this room."""
    use_language("en")
    yield
    use_language("zh")


def test_the_translation_is_marked_and_the_chinese_can_be_read() -> None:
    heard = Heard(canvas=(0, 0))
    notice = Notice(state(Step.NOTICE, notice=documents().notice), heard)
    notice.begin()
    assert any("the Chinese text is binding" in line for line in heard.said)
    assert not any("欢迎使用" in line for line in heard.said)
    assert notice.take(str(listed_of(notice).index("Read the Chinese text") + 1)) is None
    assert any("欢迎使用" in line for line in heard.said)
    assert "Read the translation" in listed_of(notice)
    assert notice.take("1") == e.NoticeAccepted()
