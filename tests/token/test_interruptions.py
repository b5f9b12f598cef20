"""Cut off at some of the points of an enrolment; `python -m tests.bench.interruptions` takes every single one."""

import pytest

from tests.harness.token.interruptions import Phase, killed, pulled
from tests.rig.card.manners import Pull
from tests.rig.card.pcscd import Reader
from tests.rig.card.provision import Shelf
from tui.core.failure import Reason


@pytest.mark.parametrize(
    ("phase", "at"),
    [
        *((Phase.REQUEST, at) for at in (4, 40, 52, 60, 75, 100)),
        *((Phase.INSTALL, at) for at in (3, 15, 30)),
        *((Phase.RETIRE, at) for at in (2, 10, 25, 30, 42, 50)),
    ],
)
async def test_the_old_pair_signs_and_a_second_try_completes(
    reader: Reader, shelf: Shelf, phase: Phase, at: int
) -> None:
    outcome = await pulled(reader, shelf, phase, Pull(at, takes_effect=at % 2 == 0))
    assert outcome.failure is not None
    assert outcome.failure.reason in {Reason.TOKEN_REMOVED, Reason.DRIVER_CRASHED}  # OpenSC may abort when pulled


@pytest.mark.parametrize(
    ("phase", "at"), [(Phase.REQUEST, 4), (Phase.REQUEST, 6), (Phase.INSTALL, 5), (Phase.RETIRE, 6)]
)
async def test_a_killed_driver_process_leaves_nothing_half_done(
    reader: Reader, shelf: Shelf, phase: Phase, at: int
) -> None:
    outcome = await killed(reader, shelf, phase, at)
    assert outcome.failure is not None
    assert outcome.failure.reason is Reason.DRIVER_CRASHED
