"""What the tests of the kiosk's program share."""

from collections.abc import Iterator

import pytest

from tests.harness.kiosk.idle import _idle_is_seen_at_once
from tests.harness.kiosk.style_sheets import _style_sheets_parsed_once
from tui.kiosk.settings import Language
from tui.kiosk.text import use_language

__all__ = ["_idle_is_seen_at_once", "_style_sheets_parsed_once"]


@pytest.fixture(autouse=True)
def _chinese_is_spoken_again() -> Iterator[None]:
    """The language is the process's: what one test speaks is not the next one's."""
    yield
    use_language(Language.CHINESE)
