"""What the tests of the kiosk's program share."""

from collections.abc import Iterator

import pytest

from tests.harness.kiosk.idle import _idle_is_seen_at_once
from tests.harness.kiosk.style_sheets import _style_sheets_parsed_once
from tui.kiosk.settings import Language
from tui.kiosk.text import use_language
from tui.process import garbage

__all__ = ["_idle_is_seen_at_once", "_style_sheets_parsed_once"]


@pytest.fixture(autouse=True)
def _chinese_is_spoken_again() -> Iterator[None]:
    """The language is the process's: what one test speaks is not the next one's."""
    yield
    use_language(Language.CHINESE)


@pytest.fixture(scope="session", autouse=True)
def _garbage_is_left() -> Iterator[None]:
    """A search after every step is a sixth of what screens cost; who asks about it has one of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(garbage, "collect", lambda: None)
        yield
