"""The table of acts leaves out the steps at which nobody acts, and no other."""

from tui.journey.state import WORKING, Step
from tui.kiosk.unattended.acts import ACTS

THE_DESK_WORKS = {Step.ISSUING}
OVER = {Step.WITHDRAWN, Step.TOKEN_AWAITED}
BESIDE = {Step.CERTIFICATES, Step.SELF_CHECK}


def test_every_step_that_waits_for_a_person_has_its_act() -> None:
    assert set(Step) - set(ACTS) == WORKING | THE_DESK_WORKS | OVER | BESIDE
