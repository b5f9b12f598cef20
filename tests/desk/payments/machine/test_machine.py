"""The money's page of edges: complete, true to what it declares, and right under any sequence of events."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, get_args

import pytest

from tests.desk.payments.machine.rules import ORDERS
from tests.desk.payments.machine.table import EVENTS, FILE, drawn
from tests.desk.payments.machine.walk import Seen, walk
from tui.core.order import ApplicationStatus, AttemptState, RefundState
from tui.desk.payments.machine import refunds
from tui.desk.payments.machine.move import Move
from tui.desk.payments.machine.refusals import Refusal
from tui.desk.payments.machine.table import PAGE

SHARDS, SEQUENCES = 4, 50_000
A, S, R = ApplicationStatus, AttemptState, RefundState
STATES: dict[str, type[StrEnum]] = {"application": A, "attempt": S, "refund": R}
BEGINNINGS: dict[str, set[Any]] = {
    "application": {A.DRAFT, A.ENTERED, A.ISSUING, A.INSTALLED},
    "attempt": {S.CREATED},
    "refund": {R.ABSENT},
}
"""What no event of the subject's own leads to: ENTERED and INSTALLED come with the person's signatures, ISSUING with
an attempt that pays."""
ENDS: dict[str, set[Any]] = {
    "application": {A.ISSUED, A.INSTALLED, A.WITHDRAWN, A.LAPSED, A.FAILED},
    "attempt": {S.REFUNDED},
    "refund": {R.DONE},
}
"""Where the money has come to rest for good; a paid attempt has not, it may be refunded."""


def cells() -> Iterator[tuple[str, Any, type[Any], Move | Refusal]]:
    for subject, rows in PAGE.items():
        for state, row in rows.items():
            for event, step in row.items():
                yield subject, state, event, step


@pytest.mark.parametrize("subject", list(PAGE))
def test_every_state_meets_every_event(subject: str) -> None:
    assert set(PAGE[subject]) == set(STATES[subject])
    for state, row in PAGE[subject].items():
        assert set(row) == set(get_args(EVENTS[subject])), state


@pytest.mark.parametrize("subject", list(PAGE))
def test_every_state_is_reached_and_has_a_way_out(subject: str) -> None:
    ways = {
        (state, to)
        for kind, state, _, step in cells()
        if kind == subject and isinstance(step, Move)
        for to in step.to
        if to is not state
    }
    reached: set[Any] = set(BEGINNINGS[subject])
    before: set[Any] = set()
    while reached != before:
        before, reached = reached, reached | {to for state, to in ways if state in reached}
    assert reached == set(STATES[subject])
    assert set(STATES[subject]) - {state for state, _ in ways} == ENDS[subject]


def test_the_page_in_the_docs_is_this_one() -> None:
    """`python -m tests.desk.payments.machine.table` draws it anew."""
    assert FILE.read_text(encoding="utf-8") == drawn()


@pytest.fixture(scope="module")
def few_orders() -> Iterator[None]:
    """A refund is given up after two orders, so that walks come to it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(refunds, "ORDERS", ORDERS)
        yield


@pytest.mark.usefixtures("few_orders")
@pytest.mark.parametrize("seed", range(SHARDS))
def test_money_comes_to_rest_paid_once_returned_or_frozen(seed: int) -> None:
    """Net money taken is the price for what was issued, and 0 for what was not, after each of so many sequences."""
    seen = walk(seed, SEQUENCES)
    assert seen.sequences >= SEQUENCES
    hold_to_the_page(seen)


def hold_to_the_page(seen: Seen) -> None:
    """Every cell was met, all that happened there is declared, and all that is declared happened somewhere."""
    never: dict[Move, set[Any]] = {}
    for _, state, event, step in cells():
        ends = {end for kind, before, end in seen.ends if (kind, before) == (event, state)}
        refusals = {refusal for kind, before, refusal in seen.refusals if (kind, before) == (event, state)}
        effects = {effect for kind, effect in seen.effects if kind is event}
        if isinstance(step, Refusal):
            assert (ends, refusals | {step}) == (set(), {step}), (state, event)
            continue
        assert ends, (state, event)
        assert ends <= set(step.to or (state,)), (state, event)
        assert refusals <= set(step.refuses), (state, event)
        declared = {*step.to, *step.effects, *map(repr, step.refuses)}
        never[step] = never.get(step, declared) - ends - effects - set(map(repr, refusals))
    assert {step.name: left for step, left in never.items() if left} == {}
    moves = [(event, step) for _, _, event, step in cells() if isinstance(step, Move)]
    assert seen.effects <= {(event, effect) for event, step in moves for effect in step.effects}
