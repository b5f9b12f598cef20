"""Every screen looks as it did when somebody last looked at it; `python -m tests.kiosk.looks.drawn` after a change."""

import pytest

from tests.kiosk.looks.drawn import LANGUAGES, SIZES, looks, path


@pytest.mark.parametrize("kind", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_screen_looks_as_it_did(language: str, kind: str) -> None:
    changed = []
    for name, drawing in (await looks(language, SIZES[kind])).items():
        kept = path(name, language, kind)
        if not kept.exists() or kept.read_text(encoding="utf-8") != drawing:
            changed.append(kept.name)
    assert not changed, f"look at {changed} in {language} {kind}; if they are right, write them anew"
