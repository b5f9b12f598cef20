"""A request is one transaction of few statements: what is done and its answer are kept together or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, event

from tests.harness.desk.town import FORM, Person, Refusal, Town, b64
from tui.core.failure import Reason
from tui.core.order import ApplicationStatus
from tui.desk.http import idempotency
from tui.desk.renewals.issuing import issue
from tui.desk.storage.database import writing


@dataclass
class Cost:
    """Of what was done meanwhile."""

    statements: int = 0
    transactions: int = 0


@contextmanager
def counted(engine: Engine) -> Iterator[Cost]:
    cost = Cost()

    def statement(_c: object, _cursor: object, text: str, *_: object) -> None:
        cost.statements += not text.startswith("BEGIN")

    def transaction(_c: object) -> None:
        cost.transactions += 1

    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "begin", transaction)
    try:
        yield cost
    finally:
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "begin", transaction)


@pytest.fixture
def costs(town: Town, monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[int, int]]:
    """Statements and transactions of each request of a renewal, as on PostgreSQL."""
    monkeypatch.setattr(idempotency, "writes_alone", lambda _: False)
    found: dict[str, tuple[int, int]] = {}

    @contextmanager
    def counting(name: str) -> Iterator[None]:
        with counted(town.desk.engine) as cost:
            yield
        found[name] = cost.statements, cost.transactions

    person = town.person()
    with counting("sign in"):
        person.sign_in()
    with counting("agreement"):
        person.call("GET", "/documents/agreement")
    with counting("offer"):
        person.call("POST", "/offers", {"certificate": b64(person.certificate)})
    with counting("form"):
        person.call("PUT", "/forms", {"certificate": b64(person.certificate), "form": FORM})
    with counting("draft"):
        draft = person.save()
    with counting("request"):
        number = person.submit(draft).business_no
    person.pay(number)
    town.alipay.state = town.alipay.state.PAID
    person.ask("POST", f"/applications/{number}/payments/query")
    issue(town.desk, number)
    with counting("poll"):
        issued = person.see(number)
    with counting("proof"):
        person.prove(issued)
    with counting("sign out"):
        person.call("DELETE", "/sessions/current")
    return found


def test_each_request_is_one_transaction_of_few_statements(costs: dict[str, tuple[int, int]]) -> None:
    assert costs == {
        "sign in": (2, 1),  # the slow hash is computed between them; what reads by itself needs no transaction
        "agreement": (1, 0),
        "offer": (3, 1),
        "form": (3, 1),
        "draft": (6, 1),
        "request": (7, 1),
        "poll": (1, 0),
        "proof": (6, 1),
        "sign out": (1, 1),
    }


def test_what_is_done_and_its_answer_are_kept_together_or_not_at_all(
    town: Town, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = person.save()
    csr = person.csr()
    body = {"csr": b64(csr), "evidence": b64(person.evidence(draft.statement, csr))}
    path = f"/applications/{draft.business_no}/request"

    def power_cut(*_: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as crash:
        crash.setattr(idempotency, "put", power_cut)
        with pytest.raises(Refusal):
            person.ask("PUT", path, body, key="one")
    assert person.see(draft.business_no).status is ApplicationStatus.DRAFT
    entered = person.ask("PUT", path, body, key="one")
    assert entered.status is ApplicationStatus.ENTERED
    assert person.ask("PUT", path, body, key="one") == entered


def test_nobody_unknown_waits_for_the_lock_that_writers_share(town: Town, person: Person) -> None:
    person.headers["Authorization"] = "Bearer unknown"
    with writing(town.desk.engine) as db:
        db.connection()  # it begins now
        with pytest.raises(Refusal) as refused:
            person.save()
    assert refused.value.reason == Reason.SESSION_ENDED.value


def test_a_kept_answer_shows_nobody_in_its_repr() -> None:
    assert FORM.agent_mobile not in repr(idempotency._Kept("hash", FORM.agent_mobile.encode()))
