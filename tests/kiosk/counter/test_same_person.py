"""Whoever looks at something and goes back is still there: their language and contrast come along, for nobody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.kiosk.counter import ESCAPE, CounterKiosk

F4, F5, F7 = b"\x1bOS", b"\x1b[15~", b"\x1b[18~"


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[CounterKiosk]:
    with CounterKiosk(tmp_path) as kiosk:
        yield kiosk


def test_the_next_program_speaks_as_the_one_before_until_the_visit_ends(kiosk: CounterKiosk) -> None:
    kiosk.type(F7)
    kiosk.until("Start")
    for key in (F4, F5):
        before = kiosk.program
        kiosk.type(key)
        kiosk.until("F3  Back")
        kiosk.type(ESCAPE)
        kiosk.until_another(before)
        kiosk.until("Start", "EN/中文")
    kiosk.type(F7)
    kiosk.until("开始办理")
