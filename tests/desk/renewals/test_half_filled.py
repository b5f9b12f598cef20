"""A form that was being filled comes back to its account and certificate, and to nobody and nothing else."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from tests.harness.desk.town import ACCOUNT, FORM, PASSWORD, Person, Refusal, Town, b64
from tui.core.failure import Reason
from tui.core.form.fields import ApplicationForm
from tui.core.form.kinds import IdType
from tui.desk.renewals.accounts import bind_certificate, create_account
from tui.desk.renewals.half_filled import KEPT, LONGEST
from tui.desk.renewals.lapse import lapse

HALF = ApplicationForm(24, IdType.PASSPORT, "E1234", "阿迪力·买", "1380013", "a@", "", "", "深圳")


def keep(person: Person, form: ApplicationForm = HALF) -> None:
    person.call("PUT", "/forms", {"certificate": b64(person.certificate), "form": form})


def offered(person: Person) -> Any:
    """The form that comes with the offer."""
    return person.call("POST", "/offers", {"certificate": b64(person.certificate)})["form"]


def rows(town: Town) -> list[bytes]:
    with town.desk.engine.connect() as connection:
        return [bytes(form) for (form,) in connection.execute(text("SELECT form FROM half_filled_forms"))]


def test_it_comes_back_at_the_next_visit_as_it_was_left(town: Town) -> None:
    person = town.person()
    assert offered(person) is None
    keep(person, FORM)
    keep(person)
    person.sign_in()
    assert offered(person) == {
        "term_months": 24,
        "id_type": "passport",
        "id_number": "E1234",
        "agent_name": "阿迪力·买",
        "agent_mobile": "1380013",
        "agent_email": "a@",
        "recipient_name": "",
        "recipient_mobile": "",
        "recipient_address": "深圳",
    }


def test_neither_another_account_nor_another_certificate_is_shown_it(town: Town) -> None:
    person, other_card = town.person(), town.person()
    keep(person)
    assert offered(other_card) is None
    create_account(town.desk.engine, "another", PASSWORD)
    stranger = town.person(bound=False)
    stranger.certificate = person.certificate
    stranger.sign_in("another")
    for act in (offered, keep):
        with pytest.raises(Refusal) as refused:
            act(stranger)
        assert refused.value.reason == Reason.NOT_THE_APPLICANT.value
    bind_certificate(town.desk.engine, "another", hashlib.sha256(person.certificate).hexdigest())
    assert offered(stranger) is None
    keep(stranger, FORM)
    bind_certificate(town.desk.engine, ACCOUNT, hashlib.sha256(person.certificate).hexdigest())
    assert offered(person) is None


def test_two_accounts_may_type_the_same(town: Town) -> None:
    person, other = town.person(), town.person(bound=False)
    create_account(town.desk.engine, "another", PASSWORD)
    other.certificate = person.certificate
    other.sign_in("another")
    keep(person)
    bind_certificate(town.desk.engine, "another", hashlib.sha256(person.certificate).hexdigest())
    keep(other)
    assert offered(other)["id_number"] == "E1234"


def test_it_is_gone_once_the_application_has_it(town: Town) -> None:
    person = town.person()
    keep(person)
    draft = person.save()
    assert (offered(person), rows(town)) == (None, [])
    keep(person)
    assert offered(person)["id_number"] == "E1234"
    person.submit(person.save())
    keep(person)
    assert (offered(person), rows(town)) == (None, [])
    assert person.see(draft.business_no).form == FORM


def test_it_ends_after_some_days(town: Town) -> None:
    person = town.person(days_left=80)
    keep(person)
    town.clock.now += KEPT + timedelta(seconds=1)
    person.sign_in()
    assert offered(person) is None
    lapse(town.desk, town.desk.clock())
    assert rows(town) == []


def test_it_stands_sealed(town: Town) -> None:
    keep(town.person())
    (sealed,) = rows(town)
    assert not any(typed.encode() in sealed for typed in ("E1234", "阿迪力", "1380013", "深圳"))


def test_what_cannot_be_stored_is_refused_and_the_unseen_dropped(town: Town) -> None:
    person = town.person()
    for form, error in (
        (replace(HALF, agent_name="张\ue000"), "character"),
        (replace(HALF, recipient_address="深" * (LONGEST + 1)), "too_long"),
    ):
        with pytest.raises(Refusal) as refused:
            keep(person, form)
        assert [code for _, code in refused.value.problem["field_errors"]] == [error]
    keep(person, replace(HALF, recipient_address="深\x1b[31m圳\u202e\u2028市"))
    assert offered(person)["recipient_address"] == "深圳 市"
