"""The language is chosen on the first screen for one person, and every word comes from the catalogue."""

import asyncio
import re
from collections.abc import Iterator
from gettext import NullTranslations

import pytest

from tests.harness.kiosk.painting import at_rest
from tests.harness.kiosk.stage import Stage, staged
from tests.harness.people import NOW, state
from tests.kiosk.text.test_catalogue import CJK, ENGLISH, PAYING, STATES, latin
from tui.core.token import Snapshot
from tui.journey import events as e
from tui.journey.state import State, Step
from tui.kiosk import text
from tui.kiosk.app import KioskApp
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


def leading(step: Step) -> dict[str, object]:
    return {"return_to": Step.WAITING, "signed_in": False, "chosen": None} if step.stage == 0 else {"signed_in": False}


@pytest.mark.parametrize("step", [Step.CERTIFICATES, Step.SELF_CHECK, Step.CHOOSING, Step.SIGN_IN])
async def test_whoever_goes_back_to_the_first_screen_keeps_language_and_contrast(step: Step) -> None:
    async with staged(state(Step.WAITING)) as stage:
        await stage.press("f7", "f9")
        await stage.show(latin(state(step, **leading(step))))
        await through(stage, e.BackPressed())
        assert (stage.app.state.step, language(), stage.app.is_contrasted) == (Step.WAITING, "en", True)
        assert "Start" in stage.text


@pytest.mark.parametrize(
    ("before", "event"),
    [
        (state(Step.CERTIFICATES, return_to=Step.WAITING, chosen=None, signed_in=False), e.TimedOut()),
        (state(Step.SIGN_IN, signed_in=False), e.Abandoned()),
        (state(Step.NOTICE), e.BackPressed()),
        (state(Step.DONE, application=PAYING), e.BackPressed()),
        (state(Step.CHOOSING, signed_in=False), e.TokensSeen(Snapshot(), NOW)),
    ],
)
async def test_the_next_person_begins_with_the_settings(before: State, event: e.Event) -> None:
    async with staged(state(Step.WAITING)) as stage:
        await stage.press("f7", "f9")
        await stage.show(latin(before))
        await through(stage, event)
        assert (stage.app.state.step, language(), stage.app.is_contrasted) == (Step.WAITING, "zh", False)


async def through(stage: Stage, event: e.Event) -> None:
    """Let an event in, in the app's own task."""
    done = asyncio.Event()

    async def take() -> None:
        try:
            await KioskApp.take(stage.app, event)
        finally:
            done.set()

    stage.app.call_later(take)
    await done.wait()
    await stage.pilot.pause()


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
