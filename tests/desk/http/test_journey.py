"""The journey at the desk's door: from the offer to the proof, and what it leaves behind."""

import subprocess
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.harness.desk.town import FORM, INVOICE, Person, Refusal, Town, b64
from tui.core.failure import Reason
from tui.core.order import Application, ApplicationStatus, AttemptState, PaymentStatus
from tui.desk.renewals.evidence import evidence_of
from tui.desk.renewals.pricing import later


def finish(town: Town, person: Person) -> Application:
    return person.prove(town.issued(person))


def test_from_the_offer_to_the_proof(town: Town) -> None:
    person = town.person()
    offer = person.call("POST", "/offers", {"certificate": b64(person.certificate)})
    assert [(term["months"], term["fee_fen"], term["yearly_fen"]) for term in offer["terms"]] == [
        (12, 20000, 20000),
        (24, 36000, 18000),
    ]
    entered = person.entered()
    assert entered.status is ApplicationStatus.ENTERED
    assert entered.order is not None
    assert [(line.unit_fen, line.quantity, line.subtotal_fen) for line in entered.order.lines] == [(20000, 1, 20000)]
    paying = person.pay(entered.business_no)
    assert paying.payment_status is PaymentStatus.PAYING
    assert paying.attempt is not None
    assert (paying.attempt.state, paying.attempt.expires_in) == (AttemptState.QR_SHOWN, 300)
    assert paying.invoice == INVOICE


def test_the_new_certificate_ends_the_term_after_the_old_one_and_keeps_the_subject(town: Town) -> None:
    person = town.person()
    done = finish(town, person)
    old, new = map(x509.load_der_x509_certificate, (person.certificate, done.certificate))
    assert done.status is ApplicationStatus.INSTALLED
    assert done.installed_at == town.clock.now
    assert new.not_valid_after_utc == later(old.not_valid_after_utc, 12)
    assert new.subject.public_bytes() == old.subject.public_bytes()
    assert new.public_key() == person.new_key.public_key()


@pytest.mark.parametrize("rsa_key", [False, True])
def test_the_evidence_verifies_with_openssl(town: Town, rsa_key: bool) -> None:
    person = town.person(key=rsa.generate_private_key(65537, 2048) if rsa_key else None)
    entered = person.entered()
    evidence = evidence_of(town.desk.engine, entered.business_no)
    assert evidence is not None
    (town.folder / "evidence.der").write_bytes(evidence)
    command = ["openssl", "cms", "-verify", "-inform", "DER", "-in", "evidence.der", "-CAfile", "ca.pem"]
    at = str(int(town.clock.now.timestamp()))
    verified = subprocess.run(
        [*command, "-purpose", "any", "-attime", at], cwd=town.folder, capture_output=True, check=True
    )
    assert verified.stdout.startswith(entered.statement.encode())


def test_challenge_and_certificate_come_with_the_issue_only(town: Town) -> None:
    person = town.person()
    entered = person.entered()
    assert (entered.challenge, entered.certificate) == (b"", b"")
    town.alipay.state = town.alipay.state.PAID
    person.pay(entered.business_no)
    assert person.see(entered.business_no).challenge == b""


def test_the_form_is_saved_normalised_and_may_be_revised(town: Town) -> None:
    person = town.person()
    first = person.save(replace(FORM, agent_mobile="+86 138 0013 8000", id_number="11010519491231002x"))
    second = person.save(replace(FORM, term_months=24), fee_fen=36000)
    assert first.form == FORM
    assert second.business_no == first.business_no
    assert second.form.term_months == 24
    assert second.statement != first.statement


def test_a_second_application_leads_to_the_first(town: Town) -> None:
    person = town.person()
    entered = person.entered()
    assert person.save(replace(FORM, agent_name="王五")) == entered
    offer = person.call("POST", "/offers", {"certificate": b64(person.certificate)})
    assert offer["application"]["business_no"] == entered.business_no


def test_an_issued_application_is_offered_after_the_old_certificate_expired(town: Town) -> None:
    person = town.person(days_left=1)
    issued = town.issued(person)
    town.later(days=2)
    person.sign_in()
    offer = person.call("POST", "/offers", {"certificate": b64(person.certificate)})
    assert offer["application"]["business_no"] == issued.business_no
    assert person.prove(issued).status is ApplicationStatus.INSTALLED


def test_the_new_certificate_can_be_renewed_in_its_turn(town: Town) -> None:
    person = town.person()
    done = finish(town, person)
    town.later(days=365)
    successor = Person(town.client, person.new_key, done.certificate, person.key).sign_in()
    offer = successor.call("POST", "/offers", {"certificate": b64(done.certificate)})
    assert offer["application"] is None
    with pytest.raises(Refusal) as refused:
        successor.entered()  # its "new" key is the one that the first certificate had
    assert refused.value.reason == Reason.KEY_REUSED.value


def test_handing_in_twice_is_answered_alike(town: Town) -> None:
    person = town.person()
    draft = person.save()
    csr = person.csr()
    body = {"csr": b64(csr), "evidence": b64(person.evidence(draft.statement, csr))}
    path = f"/applications/{draft.business_no}/request"
    first = person.ask("PUT", path, body)
    assert person.ask("PUT", path, body) == first


def test_a_kept_answer_is_given_again(town: Town) -> None:
    person = town.person()
    draft = person.save(key="one")
    person.submit(draft)
    assert person.save(key="one") == draft  # as it was answered, though the application has moved on
    with pytest.raises(Refusal, match="another request"):
        person.save(replace(FORM, agent_name="王五"), key="one")


def test_a_proof_may_come_twice(town: Town) -> None:
    person = town.person()
    done = finish(town, person)
    assert person.prove(done) == done


def test_withdrawn_before_the_money_leaves_the_certificate_free(town: Town) -> None:
    person = town.person()
    business_no = person.entered().business_no
    withdrawn = person.ask("POST", f"/applications/{business_no}/withdrawal")
    assert withdrawn.status is ApplicationStatus.WITHDRAWN
    assert person.save().business_no != business_no


def test_the_service_answers_every_version(town: Town) -> None:
    status = town.client.get("/v1/service").json()
    assert status["payment_methods"] == ["unionpay", "alipay"]
    assert (status["minimum_version"], status["ca_name"], status["window_days"]) == ("1.1.0", "NETCA 测试", 90)


def test_the_account_is_needed_for_everything_else(town: Town) -> None:
    person = town.person()
    person.call("DELETE", "/sessions/current")
    for method, path in [("GET", "/documents/notice"), ("GET", "/applications/YW1"), ("POST", "/offers")]:
        with pytest.raises(Refusal) as refused:
            person.call(method, path, {"certificate": b64(person.certificate)})
        assert refused.value.reason == Reason.SESSION_ENDED.value


def test_a_session_ends_after_its_last_use(town: Town) -> None:
    person = town.person()
    for _ in range(3):
        town.later(minutes=25)
        assert person.call("GET", "/documents/notice")["digest"]
    town.later(minutes=31)
    with pytest.raises(Refusal) as refused:
        person.call("GET", "/documents/notice")
    assert refused.value.reason == Reason.SESSION_ENDED.value
