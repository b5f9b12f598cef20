"""A line slower than the kiosk's deadline: what was done without an answer is asked again, and may come late."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from tests.harness.desk.town import Person, Refusal, Town, sweep
from tui.core.order import ApplicationStatus, AttemptState, PaymentStatus
from tui.core.payment_method import PaymentMethod
from tui.desk.payments.gateway import TradeState
from tui.desk.renewals.issuing import issue
from tui.desk.storage.database import reading
from tui.desk.storage.records import AttemptRecord, RefundRecord


@dataclass
class Unheard(Person):
    """Each write is asked again with its key, as a kiosk does, and anew, as a person does who is told of no answer."""

    sent: list[tuple[str, str, object]] = field(default_factory=list)

    def call(self, method: str, path: str, body: object = None, *, key: str = "") -> Any:
        """The last of three answers."""
        if method == "GET" or path.startswith("/sessions"):
            return super().call(method, path, body, key=key)
        self.sent.append((method, path, body))
        same = key or secrets.token_hex(16)
        first = super().call(method, path, body, key=same)
        assert super().call(method, path, body, key=same) == first
        return super().call(method, path, body)

    def late(self) -> list[int]:
        """All of it comes once more, after the kiosk has given it up; the answers' status."""
        return [self._status(*one) for one in self.sent]

    def _status(self, method: str, path: str, body: object) -> int:
        try:
            super().call(method, path, body)
        except Refusal as refused:
            return refused.status
        return 200


@pytest.fixture
def unheard(town: Town) -> Unheard:
    person = town.person()
    return Unheard(person.client, person.key, person.certificate, person.new_key, person.scheme, person.headers)


def money(town: Town) -> tuple[list[AttemptState], int]:
    """The attempts' states, and how many refunds there are."""
    with reading(town.desk.engine) as db:
        states = list(db.unit.scalars(select(AttemptRecord.state).order_by(AttemptRecord.ordinal)))
        return states, len(list(db.unit.scalars(select(RefundRecord.refund_no))))


def calls(town: Town, name: str) -> int:
    return sum(call == name for call, _ in town.alipay.asked + town.unionpay.asked)


def test_a_renewal_of_which_no_first_answer_is_heard(town: Town, unheard: Unheard) -> None:
    number = unheard.entered().business_no
    shown = unheard.pay(number)
    assert shown.attempt is not None
    assert (shown.attempt.state, calls(town, "start")) == (AttemptState.QR_SHOWN, 1)
    town.alipay.state = TradeState.PAID
    assert unheard.ask("POST", f"/applications/{number}/payments/query").status is ApplicationStatus.ISSUING
    issue(town.desk, number)
    done = unheard.prove(unheard.see(number))
    assert done.status is ApplicationStatus.INSTALLED
    assert unheard.late() == [409, 200, 409, 200, 200]
    sweep(town, minutes=20)
    assert unheard.see(number) == done
    assert (money(town), calls(town, "start"), calls(town, "refund")) == (([AttemptState.PAID], 0), 1, 0)


def test_what_comes_late_opens_no_withdrawn_application(town: Town, unheard: Unheard) -> None:
    number = unheard.entered().business_no
    unheard.pay(number)
    unheard.ask("POST", f"/applications/{number}/payments/end")
    unheard.pay(number, PaymentMethod.UNIONPAY)
    unheard.ask("POST", f"/applications/{number}/withdrawal")
    assert unheard.see(number).status is ApplicationStatus.WITHDRAWN
    save, *others = unheard.late()
    assert (save, others) == (200, [200, 409, 200, 409, 200])  # a form that nobody has signed costs nothing
    sweep(town, minutes=20)
    seen = unheard.see(number)
    assert (seen.status, seen.payment_status) == (ApplicationStatus.WITHDRAWN, PaymentStatus.UNPAID)
    assert (money(town), calls(town, "start")) == (([AttemptState.CLOSED] * 2, 0), 2)
