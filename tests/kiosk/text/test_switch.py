"""The language is chosen on the first screen for one person, and every word comes from the catalogue."""

import re
from collections.abc import Iterator
from gettext import NullTranslations

import pytest

from tests.harness.kiosk.painting import at_rest
from tests.harness.kiosk.stage import staged
from tests.harness.people import state
from tests.kiosk.text.test_catalogue import CJK, ENGLISH, PAYING, STATES, latin
from tui.journey.state import State, Step
from tui.kiosk import text
from tui.kiosk.text import LANGUAGE_NAMES, language, use_language
from tui.kiosk.widgets.action import ActionButton

ACCENTED = str.maketrans("aceinosuyACEINOSUY", "áçéíñóšúýÁÇÉÍÑÓŠÚÝ")


@pytest.fixture(autouse=True)
def chinese_again() -> Iterator[None]:
    yield
    use_language("zh")


async def test_the_first_screen_changes_its_language_and_the_next_ones_follow() -> None:
    async with staged(state(Step.WAITING, snapshot=None)) as stage:
        assert LANGUAGE_NAMES in stage.text
        await stage.press("f7")
        assert "Reading the token" in stage.text
        assert not CJK.findall(stage.text.replace(LANGUAGE_NAMES, "")), stage.text
        await stage.show(latin(state(Step.SIGN_IN)))
        assert "Sign in" in stage.text
        await stage.show(State())
        assert "正在读取CA" in stage.text
        assert language() == "zh"


async def test_a_language_that_somebody_left_behind_goes_with_the_idle_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged(State()) as stage:
        await stage.press("f7")
        assert language() == "en"
        monkeypatch.setattr(stage.app.idle, "left", lambda _multiple: 0.0)
        await stage.app._beat()
        await stage.events()
        assert "正在读取CA" in stage.text


async def test_a_terminal_without_chinese_offers_none() -> None:
    use_language("en", alone=True)
    async with staged(State()) as stage:
        await stage.press("f7")
        assert language() == "en"
        assert "中文" not in stage.text


class Pseudo(NullTranslations):
    """English with accents, longer, in brackets that show where a text is cut."""

    def gettext(self, message: str) -> str:
        """The values stay as they are named."""
        if message == LANGUAGE_NAMES:  # no message: the same in every language
            return message
        told = ENGLISH[message]
        parts = re.split(r"(\{\w+\}|\n)", told)
        long = "".join(part if index % 2 else part.translate(ACCENTED) for index, part in enumerate(parts))
        return f"[{long}{'~' * (len(told) // 8)}]"


async def test_a_longer_language_loses_nothing_and_no_word_passes_by_the_catalogue(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(text, "_catalogue", Pseudo())
    monkeypatch.setattr(text, "_language", "en")
    async with staged(State(), size=(120, 60)) as stage:
        for step in Step:
            await stage.show(latin(state(step, **{"application": PAYING, **STATES.get(step, {})})))
            assert not CJK.findall(stage.text.replace(LANGUAGE_NAMES, "")), stage.text
            assert "[" in stage.text, step
            for button in stage.screen.query(ActionButton):
                if button.display and button.region.area:
                    assert button.region.right <= 120, (step, button)
                    button.scroll_visible(animate=False, immediate=True)  # a form has pages
                    await at_rest(stage)
                    assert str(button.label) in stage.text, (step, button)
