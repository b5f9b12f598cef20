"""Draws the money's page of edges: `python -m tests.desk.payments.machine.table` writes `assets/docs/money.md`."""

import ast
from collections.abc import Iterator
from inspect import getsource
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

from tui.desk.payments.machine import effects, refusals
from tui.desk.payments.machine import events as e
from tui.desk.payments.machine.move import Move
from tui.desk.payments.machine.refusals import Refusal
from tui.desk.payments.machine.table import PAGE

FILE = Path(__file__).parents[4] / "assets/docs/money.md"
HEAD = """\
# The money's page of edges

Drawn from `tui/desk/payments/machine/table.py` by `python -m tests.desk.payments.machine.table`; a test holds it to the
code.

`advance(bill, event, now)` is pure. It finds the state of what the event is about (the application, an attempt, a
refund) and either makes the move of that cell or refuses by name; a refusal changes nothing.
`tui/desk/payments/apply.py` alone locks the application, advances its bill and stores what changed, one transaction an
event. Effects say what follows elsewhere: what is due is a due time in the rows that are stored with the move, for the
engine; an alarm is logged; an invoice is taken back by who applied the event, in its transaction.

In the tables a state in capitals is where the move leads to (**stays**: the state remains), and a word in italics is
the refusal of that pair.
"""
EVENTS: dict[str, Any] = {"application": e.OfBill, "attempt": e.OfAttempt, "refund": e.OfRefund}


def drawn() -> str:
    """The whole file."""
    tables = [f"## {subject.capitalize()}\n\n{_table(subject)}\n" for subject in PAGE]
    parts = {"Moves": _moves(), "Effects": _effects(), "Refusals": _refusals()}
    return "\n".join([HEAD, *tables, *(f"## {title}\n\n{text}\n" for title, text in parts.items())])


def _table(subject: str) -> str:
    rows = PAGE[subject]
    lines = [_line("event", *(state.name for state in rows)), _line(*["---"] * (len(rows) + 1))]
    for event in get_args(EVENTS[subject]):
        lines.append(_line(event.__name__, *(_cell(row[event]) for row in rows.values())))
    return "\n".join(lines)


def _cell(step: Move | Refusal) -> str:
    if isinstance(step, Refusal):
        return f"*{step.value}*"
    return ", ".join(state.name for state in step.to) or "**stays**"


def _moves() -> str:
    lines = [_line("move", "of", "upon", "leads to", "effects", "may refuse", "what it does"), _line(*["---"] * 7)]
    for step, subject, events in _known():
        says = _plain(step.act.__doc__)
        asks = ", ".join(effect.__name__ for effect in step.effects)
        refuses = ", ".join(f"*{refusal.value}*" for refusal in step.refuses)
        lines.append(_line(step.name, subject, ", ".join(events), _cell(step), asks, refuses, says))
    return "\n".join(lines)


def _known() -> Iterator[tuple[Move, str, list[str]]]:
    """Each move once, with the events that make it."""
    found: dict[Move, tuple[str, dict[str, Any]]] = {}
    for subject, rows in PAGE.items():
        for row in rows.values():
            for event, step in row.items():
                if isinstance(step, Move):
                    found.setdefault(step, (subject, {}))[1][event.__name__] = None
    return ((step, subject, list(events)) for step, (subject, events) in found.items())


def _effects() -> str:
    return "\n".join(f"- **{effect.__name__}**: {_plain(effect.__doc__)}" for effect in get_args(effects.Effect))


def _refusals() -> str:
    body = next(node for node in ast.parse(getsource(refusals)).body if isinstance(node, ast.ClassDef)).body
    says = {
        one.targets[0].id: _plain(other.value.value)
        for one, other in pairwise(body)
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)
        if isinstance(other, ast.Expr) and isinstance(other.value, ast.Constant)
    }
    return "\n".join(f"- *{refusal.value}*: {says[refusal.name]}" for refusal in Refusal)


def _plain(docstring: object) -> str:
    return " ".join(str(docstring).split())


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(drawn(), encoding="utf-8", newline="\n")
