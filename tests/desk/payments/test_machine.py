"""The money's page of edges: complete, true to what it declares, and right under any sequence of events."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from tests.desk.payments.money_walk import Seen, walk
from tui.core.order import ApplicationStatus, AttemptState, RefundState
from tui.desk.payments.machine import events as e
from tui.desk.payments.machine import refunds
from tui.desk.payments.machine.move import Move
from tui.desk.payments.machine.refusals import Refusal
from tui.desk.payments.machine.table import PAGE

SHARDS, SEQUENCES = 4, 50_000
EVENTS = {"application": e.OfBill, "attempt": e.OfAttempt, "refund": e.OfRefund}
STATES = {"application": ApplicationStatus, "attempt": AttemptState, "refund": RefundState}
BY_OTHERS = {
    "application entered": "the person hands the signed request in",
    "application installed": "the person proves the new pair",
    "application issuing": "an attempt pays the bill",
}
"""States of an application that no event of its own leads to."""
ENDS = {"application installed", "application withdrawn", "application lapsed", "application failed", "refund done"}
ENDS_OF_MONEY = {"attempt refunded"}


def cells() -> Iterator[tuple[str, str, Any, type[Any], Move | Refusal]]:
    for subject, rows in PAGE.items():
        for state, row in rows.items():
            for event, step in row.items():
                yield subject, f"{subject} {state.value}", state, event, step


def leads_to(subject: str, state: Any, move: Move) -> set[str]:
    return {f"{subject} {to.value}" for to in move.to or (state,)}


@pytest.mark.parametrize("subject", list(PAGE))
def test_every_state_meets_every_event(subject: str) -> None:
    assert set(PAGE[subject]) == set(STATES[subject])
    for state, row in PAGE[subject].items():
        assert set(row) == set(get_args(EVENTS[subject])), state


@pytest.mark.parametrize("subject", list(PAGE))
def test_every_state_is_reached_and_has_a_way_out(subject: str) -> None:
    reached, left = set(BY_OTHERS), set()
    for kind, name, state, _, step in cells():
        if kind == subject and isinstance(step, Move):
            reached |= leads_to(subject, state, step) - {name}
            left |= {name} if leads_to(subject, state, step) - {name} else set()
    first = {"application draft", "attempt created", "refund absent"}
    names = {f"{subject} {state.value}" for state in PAGE[subject]}
    assert names - reached - first == set()
    # A certificate that is out needs no event of money any more; its attempt may still be taken back or refunded.
    assert names - left == names & (ENDS | ENDS_OF_MONEY | {"application issued"})


@pytest.fixture(scope="module")
def few_orders() -> Iterator[None]:
    """A refund is given up after three orders, so that walks come to it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(refunds, "ORDERS", 3)
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
    left: dict[str, set[str]] = {}
    for subject, name, state, event, step in cells():
        met = {end for met, kind, end in seen.ends if (met, kind) == (name, event.__name__)}
        assert met, (name, event)
        if isinstance(step, Refusal):
            assert met == {step.name}, (name, event)
            continue
        effects = {effect for effect, kind in seen.effects if kind == event.__name__}
        declared = {f"{subject} {to.value}" for to in step.to} or {"stays"}
        declared |= {refusal.name for refusal in step.refuses} | {effect.__name__ for effect in step.effects}
        here = {"stays" if end == name and not step.to else end for end in met}
        assert here <= declared, (name, event)
        left.setdefault(step.name, declared)
        left[step.name] -= here | effects
    assert {name: never for name, never in left.items() if never} == {}
    declared = {
        (effect.__name__, event.__name__)
        for *_, event, step in cells()
        if isinstance(step, Move)
        for effect in step.effects
    }
    assert seen.effects <= declared
