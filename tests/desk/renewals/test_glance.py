"""A glance sees what the records are, and only by a session of their account."""

from dataclasses import replace

from tests.harness.desk.town import ACCOUNT, Person, Town, paid, shown
from tui.desk.payments.apply import apply_outcome
from tui.desk.renewals.accounts import create_account, digest
from tui.desk.renewals.glance import glance
from tui.desk.renewals.views import load_dossier, view
from tui.desk.storage.database import reading


def test_it_is_the_view_of_the_records(town: Town, person: Person, number: str) -> None:
    token_hash = digest(person.headers["Authorization"].split()[1])
    codes = []
    for _ in range(2):  # paid twice: one of them goes back
        codes.append(shown(person.pay(number))[0])
        town.later(seconds=301)
        person.ask("POST", f"/applications/{number}/payments/end")
    for code in codes:
        apply_outcome(town.desk, code, paid(town, code))
    with reading(town.desk.engine) as db:
        dossier = load_dossier(db, number)
    seen = glance(town.desk.engine, number, token_hash)
    assert dossier is not None
    assert seen is not None
    assert view(seen.dossier, town.clock.now) == view(dossier, town.clock.now) == person.see(number)
    assert len(seen.dossier.refunds) == 1


def test_nobody_elses_session_sees_it(town: Town, person: Person, number: str) -> None:
    create_account(town.desk.engine, "somebody", "some other password")
    other = replace(person, headers=dict(person.headers)).sign_in("somebody", "some other password")
    assert ACCOUNT != "somebody"
    assert glance(town.desk.engine, number, digest(other.headers["Authorization"].split()[1])) is None
    assert glance(town.desk.engine, number, digest("no session")) is None
