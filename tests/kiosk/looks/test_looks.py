"""Every screen looks as it did when somebody last looked at it; `python -m tests.kiosk.looks.drawn` after a change."""

import pytest

from tests.kiosk.looks.drawn import LANGUAGES, PALETTES, RARE, SIZES, coloured, looks, path, rare


@pytest.mark.parametrize("kind", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_screen_looks_as_it_did(language: str, kind: str) -> None:
    _compare(await looks(language, SIZES[kind]), language, kind)


@pytest.mark.parametrize(("language", "kind"), RARE)
async def test_so_does_what_few_people_meet(language: str, kind: str) -> None:
    _compare(await rare(language, SIZES[kind]), language, kind)


@pytest.mark.parametrize("kind", PALETTES)
async def test_so_do_the_telling_ones_in_other_palettes(kind: str) -> None:
    _compare(await coloured(kind), "zh", kind)


def _compare(drawings: dict[str, str], language: str, kind: str) -> None:
    changed = []
    for name, drawing in drawings.items():
        kept = path(name, language, kind)
        if not kept.exists() or kept.read_text(encoding="utf-8") != drawing:
            changed.append(kept.name)
    assert not changed, f"look at {changed} in {language} {kind}; if they are right, write them anew"
