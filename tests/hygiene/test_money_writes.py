"""One place writes what has become of money: `tui/desk/payments/apply.py`, with what the machine says."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tui.desk

DESK = Path(tui.desk.__file__).parent
BEGINS = "first status"
"""What an application is made with; no way to another one."""
WRITERS = {
    "payment_status": set[str](),
    "paid_fen": set[str](),
    "paid_at": set[str](),
    "platform_no": set[str](),
    "qr": set[str](),
    "state": {"invoices/red_invoice.py", "invoices/service.py"},
    "status": {"storage/records.py"},
    BEGINS: {"renewals/applications.py"},
    "become": {"renewals/applications.py"},
    "setattr": {"storage/sealed.py"},
}
"""Columns of applications, attempts and refunds, and who may write one of that name: red invoices have a state of their
own, and an application has one way to another status, which brings with it what is due."""
THE_PLACE = ("payments/apply.py", "payments/machine/", "storage/migrations/")


def writes(tree: ast.AST) -> Iterator[str]:
    """Attributes that are assigned to, columns that rows are made with or updated to; `become`, `setattr`."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.Call(func=ast.Name(id="setattr")):
                yield "setattr"
            case ast.Call(func=ast.Attribute(attr="become")):
                yield "become"
            case ast.Call(func=ast.Name(id="new"), args=[ast.Name(id=made), *_], keywords=given):
                yield from _made_with(made, given)
            case ast.Call(func=ast.Name(id=made), keywords=given):
                yield from _made_with(made, given)
            case ast.Call(func=ast.Attribute(attr="values"), keywords=given, args=maps):
                yield from (keyword.arg for keyword in given if keyword.arg)
                keys = [key for one in maps if isinstance(one, ast.Dict) for key in one.keys]
                yield from (key.attr for key in keys if isinstance(key, ast.Attribute))


def _made_with(made: str, given: list[ast.keyword]) -> Iterator[str]:
    if made.endswith("Record"):
        yield from (BEGINS if keyword.arg == "status" else keyword.arg for keyword in given if keyword.arg)


def writers() -> dict[str, set[str]]:
    """Which file writes which name, but for the one place."""
    found: dict[str, set[str]] = {}
    for path in sorted(DESK.rglob("*.py")):
        name = path.relative_to(DESK).as_posix()
        if not name.startswith(THE_PLACE):
            for written in writes(ast.parse(path.read_text(encoding="utf-8"))):
                found.setdefault(written, set()).add(name)
    return found


def test_nobody_else_writes_what_has_become_of_money() -> None:
    found = writers()
    assert {name: found.get(name, set()) for name in WRITERS} == WRITERS


@pytest.mark.parametrize(
    "line",
    [
        "attempt.state = AttemptState.PAID",
        "attempt.state, attempt.queries = AttemptState.CLOSING, 0",
        "application.become(ApplicationStatus.ISSUING)",
        "AttemptRecord(state=AttemptState.CREATED)",
        "new(AttemptRecord, attempt_no=number, state=AttemptState.CREATED)",
        "db.execute(update(RefundRecord).values(state='done'))",
        "db.execute(update(AttemptRecord).values({AttemptRecord.state: AttemptState.PAID}))",
        "setattr(attempt, 'state', AttemptState.PAID)",
    ],
)
def test_every_way_to_write_is_seen(line: str) -> None:
    assert {"state", "become", "setattr"} & set(writes(ast.parse(line)))


def test_the_machine_knows_the_core_only() -> None:
    known = ("tui.core.", "tui.desk.backoff", "tui.desk.payments.machine")
    imported = {
        node.module
        for path in (DESK / "payments/machine").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module
    }
    others = {name for name in imported if not name.startswith(known)}
    assert {name.partition(".")[0] for name in others} <= sys.stdlib_module_names
