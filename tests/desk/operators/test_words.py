"""Every rule that can say no to an operator says why."""

from tui.desk.operators.actions import WORDS
from tui.desk.payments.machine import events as e
from tui.desk.payments.machine.move import Move
from tui.desk.payments.machine.refusals import Refusal
from tui.desk.payments.machine.table import ATTEMPT

BY_NAME = {Refusal.NOT_FROZEN}
"""Said with the attempt's number or state, before the machine is asked."""


def test_every_refusal_of_an_operators_event_has_its_words() -> None:
    steps = [
        row[kind] for row in ATTEMPT.values() for kind in (e.OperatorRefunded, e.OperatorCredited, e.OperatorReturned)
    ]
    met = {Refusal.NO_ATTEMPT}
    for step in steps:
        met |= set(step.refuses) if isinstance(step, Move) else {step}
    assert met - BY_NAME == set(WORDS)
