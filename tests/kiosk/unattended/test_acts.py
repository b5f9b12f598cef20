"""The table of acts leaves out the steps at which nobody acts, and no other."""

from tui.journey.state import Step, Trait
from tui.kiosk.unattended.acts import ACTS

THE_DESK_WORKS = {Step.ISSUING}
OVER = {Step.WITHDRAWN, Step.TOKEN_AWAITED}
NEVER_ENTERED = {Step.CHANGE_PIN}
"""A person's own wish leads there, and no answers file has one."""


def test_every_step_that_waits_for_a_person_has_its_act() -> None:
    machine = {step for step in Step if step.traits & (Trait.TOKEN_WORKS | Trait.BESIDE)}
    assert set(Step) - set(ACTS) == machine | THE_DESK_WORKS | OVER | NEVER_ENTERED
