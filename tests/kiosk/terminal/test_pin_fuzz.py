"""Whatever bytes come at the PIN's prompt: as many stars as characters were typed."""

import pytest

from tests.bench.pin_fuzz import SIZE, printable_keys, stars
from tests.harness import people
from tests.harness.kiosk.stage import staged
from tests.harness.kiosk.streams import REPORTS, UNFINISHED, Stream, soup, stream
from tui.journey.state import Step


async def test_stars_are_the_keys_that_were_typed() -> None:
    async with staged(people.state(Step.REQUEST_PIN), SIZE) as stage:
        for seed in range(40):
            case = stream(seed)
            assert await stars(stage, case) == case.typed, seed


def test_random_bytes_type_what_lies_outside_of_sequences() -> None:
    for seed in range(1500):
        case = soup(seed)
        assert printable_keys(case) == case.typed, seed


@pytest.mark.parametrize("report", REPORTS, ids=repr)
def test_no_report_types_anything_wherever_it_is_cut(report: bytes) -> None:
    cuts = range(1, min(len(report), 40))
    assert [cut for cut in cuts if printable_keys(Stream((report[:cut], report[cut:], b"1", None), 1)) != 1] == []


@pytest.mark.parametrize("unfinished", UNFINISHED, ids=lambda data: repr(data[:20]))
def test_nothing_unfinished_is_typed_and_a_key_after_the_silence_is(unfinished: bytes) -> None:
    assert printable_keys(Stream((unfinished, None, None, b"1"), 1)) == 1


def test_what_an_escape_began_is_not_typed_when_its_rest_comes_after_a_silence() -> None:
    begun = [report for report in (*REPORTS, b"\x1bOA", b"\x1bOP") if report[:1] == b"\x1b" and report[1] in b"[]OPX^_"]
    assert {report[1] for report in begun} == set(b"[]OPX^_")
    for report in begun:
        for cut in (3, len(report)):  # the rest in two reads, or in one
            late = Stream((report[:1], None, report[1:cut], report[cut:], b"1"), 1)
            assert printable_keys(late) == late.typed, (report[:20], cut)
