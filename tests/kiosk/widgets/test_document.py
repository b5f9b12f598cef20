"""Texts that are read to their end: what has not been laid out has not been read."""

import pytest

from tests.harness import people
from tests.harness.kiosk.stage import staged
from tui.core.order import Document as Text
from tui.journey import events as e
from tui.journey.state import State, Step
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.document import Document

LONG = "\n\n".join(f"第{number}条" for number in range(40))


def noticed(text: str) -> State:
    """The notice with this text."""
    return people.state(Step.NOTICE, notice=Text("1", "须知", text, ""))


async def test_a_look_before_the_layout_reads_nothing() -> None:
    async with staged(noticed("一句话。")) as stage:
        document = stage.screen.query_one(Document)
        assert document.read
        document.restart()
        document.show_text(LONG)
        document.look()
        assert not document.read
        await stage.events()
        assert not document.read
        assert document.max_scroll_y > 0


async def test_another_notice_is_not_read_because_the_last_one_was() -> None:
    async with staged(noticed("一句话。")) as stage:
        for text, read in ((LONG, False), ("一句话。", True), (LONG + "\n\n完", False)):
            await stage.show(people.state(Step.CARD))
            await stage.show(noticed(text))
            await stage.events()
            assert stage.screen.query_one(Document).read is read
            assert stage.screen.query_one("ActionButton.-main", ActionButton).has_class("-later") is not read


@pytest.mark.parametrize("keys", [["end"], ["pagedown"] * 8, ["space"] * 8, ["end", "up", "down"]])
async def test_the_first_enter_after_the_end_agrees(keys: list[str]) -> None:
    async with staged(noticed(LONG)) as stage:
        document = stage.screen.query_one(Document)
        for key in keys:
            if not document.read or len(keys) == 3:
                assert await stage.press(key) == []
        assert await stage.press("enter") == [e.NoticeAccepted()]


async def test_enter_alone_pages_to_the_end_before_it_agrees() -> None:
    async with staged(noticed(LONG)) as stage:
        document = stage.screen.query_one(Document)
        while not document.read:
            assert await stage.press("enter") == []
        assert await stage.press("enter") == [e.NoticeAccepted()]
