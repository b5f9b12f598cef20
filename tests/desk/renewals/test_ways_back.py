"""A write that was cut off: what the kiosk still sees on the token leads back to the application, and to no other's."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509

from tests.harness.desk.rules import installed, key_of, refusal, successor, town_under
from tests.harness.desk.town import ACCOUNT, PASSWORD, Person, Town, b64
from tui.core.failure import Reason
from tui.core.order import ApplicationStatus
from tui.core.policy import KeyPolicy
from tui.desk.crypto.certificates import fingerprint_of_key
from tui.desk.payments.gateway import TradeState
from tui.desk.renewals.accounts import bind_certificate, create_account
from tui.desk.renewals.issuing import issue
from tui.deskclient.wire import OfferRequest


@pytest.fixture(params=KeyPolicy)
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    """A desk of either policy."""
    town = town_under(tmp_path, request.param)
    yield town
    town.desk.engine.dispose()


@pytest.fixture
def keeping(tmp_path: Path) -> Iterator[Town]:
    """A desk whose CA keeps keys."""
    town = town_under(tmp_path, KeyPolicy.KEEP)
    yield town
    town.desk.engine.dispose()


def offered(person: Person, certificate: bytes) -> str | None:
    """The number of the application that this certificate leads to."""
    application = person.call("POST", "/offers", {"certificate": b64(certificate)})["application"]
    return application and str(application["business_no"])


def spki(person: Person) -> str:
    return fingerprint_of_key(person.key.public_key())


def by_key(person: Person, told: str) -> dict[str, object]:
    answer: dict[str, object] = person.call("POST", "/offers", OfferRequest(b"", told))
    return answer


def nothing(person: Person, told: str) -> None:
    """The one refusal, whatever the cause."""
    refused = refusal(Reason.NO_CERTIFICATE, lambda: by_key(person, told))
    assert (refused.status, refused.problem.get("detail", "")) == (404, "")


@pytest.mark.parametrize("kind", ["RSA-2048", "EC-P384"])
def test_an_issued_application_is_found_by_its_key(keeping: Town, kind: str) -> None:
    person = keeping.person(key=key_of(kind))
    issued = keeping.issued(person)
    answer = by_key(person, spki(person))
    assert (answer["terms"], answer["window_days"]) == ([], 90)
    assert answer["application"]["business_no"] == issued.business_no  # type: ignore[index]
    assert answer["application"]["old_certificate"] == b64(person.certificate)  # type: ignore[index]
    raw = x509.load_der_x509_certificate(person.certificate).public_key()
    assert spki(person) == fingerprint_of_key(raw)


def test_by_its_key_only_while_it_is_issued(keeping: Town) -> None:
    person = keeping.person()
    nothing(person, spki(person))
    draft = person.save()
    nothing(person, spki(person))
    number = person.submit(draft).business_no
    nothing(person, spki(person))
    person.pay(number)
    keeping.alipay.state = TradeState.PAID
    person.ask("POST", f"/applications/{number}/payments/query")
    nothing(person, spki(person))
    issue(keeping.desk, number)
    assert by_key(person, spki(person))["application"]
    person.prove(person.see(number))
    nothing(person, spki(person))


def test_under_rekey_nothing_is_found_by_a_key(tmp_path: Path) -> None:
    town = town_under(tmp_path, KeyPolicy.REKEY)
    person = town.person()
    town.issued(person)
    nothing(person, spki(person))
    nothing(person, fingerprint_of_key(person.new_key.public_key()))
    town.desk.engine.dispose()


@pytest.mark.parametrize("told", ["ab" * 32, "AB" * 32, "x" * 70_000, "é" * 64])
def test_a_key_that_nobody_has_is_nothing(keeping: Town, told: str) -> None:
    nothing(keeping.person(), told)


def test_a_key_of_another_account_is_told_like_one_of_nobody(keeping: Town) -> None:
    person = keeping.person()
    keeping.issued(person)
    create_account(keeping.desk.engine, "stranger", PASSWORD)
    person.sign_in("stranger")
    nothing(person, spki(person))
    bind_certificate(keeping.desk.engine, "stranger", hashlib.sha256(person.certificate).hexdigest())
    nothing(person, spki(person))
    person.sign_in()
    nothing(person, spki(person))  # the certificate was bound to another account meanwhile


def test_an_unproved_new_certificate_leads_back(town: Town) -> None:
    person = town.person(days_left=30)
    issued = town.issued(person)
    again = replace(person, certificate=issued.certificate)
    assert offered(person, issued.certificate) == offered(person, person.certificate) == issued.business_no
    assert again.save().business_no == issued.business_no
    town.later(days=31)
    again.sign_in()
    assert offered(again, issued.certificate) == issued.business_no
    assert person.prove(issued).status is ApplicationStatus.INSTALLED


def test_an_unproved_new_certificate_tells_no_other_account(town: Town) -> None:
    person = town.person()
    issued = town.issued(person)
    create_account(town.desk.engine, "stranger", PASSWORD)
    person.sign_in("stranger")
    refusal(Reason.NOT_THE_APPLICANT, lambda: offered(person, issued.certificate))
    bind_certificate(town.desk.engine, "stranger", hashlib.sha256(person.certificate).hexdigest())
    refusal(Reason.NOT_THE_APPLICANT, lambda: offered(person, issued.certificate))


def test_an_unproved_new_certificate_is_not_on_offer_itself(town: Town) -> None:
    person = town.person()
    issued = town.issued(person)
    old, new = (
        person.call("POST", "/offers", {"certificate": b64(certificate)})["terms"]
        for certificate in (person.certificate, issued.certificate)
    )
    assert old == new


def test_a_proved_new_certificate_is_an_ordinary_one(town: Town) -> None:
    person = town.person()
    done = installed(town, person)
    refusal(Reason.TOO_EARLY, lambda: offered(person, done.certificate))
    refusal(Reason.ALREADY_RENEWED, lambda: offered(person, person.certificate))
    later = successor(town, person, done)
    assert offered(later, done.certificate) is None
    create_account(town.desk.engine, "stranger", PASSWORD)
    refusal(Reason.NOT_THE_APPLICANT, lambda: offered(later.sign_in("stranger"), done.certificate))
    assert later.sign_in(ACCOUNT).save().status is ApplicationStatus.DRAFT
