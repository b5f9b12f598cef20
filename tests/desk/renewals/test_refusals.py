"""What the desk refuses, one by one."""

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from tests.harness.desk.town import ACCOUNT, FORM, PASSWORD, Person, Refusal, Town, b64
from tui.core.failure import Reason
from tui.core.form.fields import InvoiceForm
from tui.desk.renewals.accounts import bind_certificate, create_account
from tui.desk.storage.database import reading
from tui.desk.storage.records import NoticeRecord


def refusal(reason: Reason, act: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as refused:
        act()
    assert refused.value.reason == reason.value
    return refused.value


def offer(person: Person) -> object:
    return person.call("POST", "/offers", {"certificate": b64(person.certificate)})


def hand_in(person: Person, business_no: str, csr: bytes, evidence: bytes) -> object:
    body = {"csr": b64(csr), "evidence": b64(evidence)}
    return person.call("PUT", f"/applications/{business_no}/request", body)


@pytest.mark.parametrize(("days_left", "reason"), [(-0.001, Reason.CERTIFICATE_EXPIRED), (90.001, Reason.TOO_EARLY)])
def test_outside_of_the_window(town: Town, days_left: float, reason: Reason) -> None:
    person = town.person(days_left=days_left)
    refusal(reason, lambda: offer(person))
    refusal(reason, person.save)


def test_at_the_last_second_it_may_still_be_renewed(town: Town) -> None:
    assert offer(town.person(days_left=0))


@pytest.mark.parametrize("act", [Person.save, Person.entered])
def test_a_live_application_stays_with_its_account(town: Town, act: Callable[[Person], object]) -> None:
    person = town.person()
    act(person)
    create_account(town.desk.engine, "another", PASSWORD)
    bind_certificate(town.desk.engine, "another", hashlib.sha256(person.certificate).hexdigest())
    person.sign_in("another")
    refusal(Reason.NOT_THE_APPLICANT, lambda: offer(person))
    refusal(Reason.NOT_THE_APPLICANT, person.save)


def test_a_draft_whose_certificate_expired_cannot_be_handed_in(town: Town) -> None:
    person = town.person(days_left=0.001)
    draft = person.save()
    town.later(minutes=2)
    refusal(Reason.CERTIFICATE_EXPIRED, lambda: person.submit(draft))


def test_a_certificate_of_another_ca(town: Town) -> None:
    person = town.person()
    person.certificate = town.certificate(person.key, issuer_key=ec.generate_private_key(ec.SECP256R1()))
    refusal(Reason.FOREIGN_CERTIFICATE, lambda: offer(person))


def test_bytes_that_are_no_certificate(town: Town) -> None:
    person = town.person()
    person.certificate = b"\x30\x03\x02\x01\x01"
    refusal(Reason.CERTIFICATE_UNREADABLE, lambda: offer(person))


def test_a_certificate_of_nobody_or_of_another_account(town: Town) -> None:
    person = town.person(bound=False)
    refusal(Reason.NOT_THE_APPLICANT, lambda: offer(person))
    create_account(town.desk.engine, "somebody-else", "x")
    bind_certificate(town.desk.engine, "somebody-else", hashlib.sha256(person.certificate).hexdigest())
    problem = refusal(Reason.NOT_THE_APPLICANT, person.save).problem
    assert "somebody" not in str(problem)


def test_an_application_of_another_account_does_not_exist(town: Town) -> None:
    business_no = town.person().entered().business_no
    create_account(town.desk.engine, "somebody-else", "x")
    stranger = town.person(bound=False).sign_in("somebody-else", "x")
    refusal(Reason.APPLICATION_MISSING, lambda: stranger.see(business_no))
    refusal(Reason.APPLICATION_MISSING, lambda: stranger.pay(business_no))
    refusal(Reason.APPLICATION_MISSING, lambda: stranger.call("POST", f"/applications/{business_no}/withdrawal"))


def test_renewed_already(town: Town) -> None:
    person = town.person()
    person.prove(town.issued(person))
    refusal(Reason.ALREADY_RENEWED, lambda: offer(person))


def test_a_key_that_cannot_be_renewed(town: Town) -> None:
    person = town.person(key=ec.generate_private_key(ec.SECP521R1()))
    refusal(Reason.KEY_UNSUPPORTED, lambda: offer(person))


def test_a_form_with_errors_names_every_field(town: Town) -> None:
    person = town.person()
    wrong = refusal(
        Reason.FORM_INVALID, lambda: person.save(replace(FORM, id_number="1", agent_email="x", term_months=7))
    )
    assert dict(wrong.problem["field_errors"]) == {
        "term_months": "term_unknown",
        "id_number": "id_length",
        "agent_email": "email_format",
    }


def test_another_agreement_or_price(town: Town) -> None:
    person = town.person()
    refusal(Reason.PRICE_CHANGED, lambda: person.save(fee_fen=19999))
    body = {
        "certificate": b64(person.certificate),
        "agreement_version": "2020.1",
        "agreement_digest": "0" * 64,
        "form": FORM,
        "fee_fen": 20000,
    }
    refusal(Reason.AGREEMENT_CHANGED, lambda: person.call("PUT", "/applications", body))


def test_requests_that_do_not_prove_themselves(town: Town) -> None:
    person = town.person()
    draft = person.save()
    csr, number = person.csr(), draft.business_no
    good = person.evidence(draft.statement, csr)
    stranger = replace(person, key=ec.generate_private_key(ec.SECP256R1()))
    other_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "别人")])
    body = csr.splitlines()
    broken_csr = b"\n".join([body[0], body[1][:-8] + b"AAAAAAAA", *body[2:]]) + b"\n"
    changed = bytearray(good)
    changed[-1] ^= 1
    renamed = person.csr(other_name)
    for request, evidence in [
        (b"nonsense", good),
        (broken_csr, person.evidence(draft.statement, broken_csr)),
        (renamed, person.evidence(draft.statement, renamed)),
        (csr, b"nonsense"),
        (csr, bytes(changed)),
        (csr, person.evidence('{"fee_fen":1}', csr)),
        (csr, person.evidence(draft.statement, replace(person, new_key=person.key).csr())),
        (csr, stranger.evidence(draft.statement, csr)),
        (csr, good.replace("张三".encode(), "张四".encode())),
    ]:
        refusal(Reason.REQUEST_REFUSED, lambda r=request, e=evidence: hand_in(person, number, r, e))  # type: ignore[misc]
    assert hand_in(person, number, csr, good)


def test_the_new_key_must_be_new_and_strong(town: Town) -> None:
    person = town.person()
    draft = person.save()
    same = replace(person, new_key=person.key)
    refusal(Reason.KEY_REUSED, lambda: same.submit(draft))
    weak = replace(person, new_key=rsa.generate_private_key(65537, 1024))  # noqa: S505 - it is to be refused
    refusal(Reason.KEY_UNSUPPORTED, lambda: weak.submit(draft))
    person.submit(draft)
    another = replace(town.person(), new_key=person.new_key)
    refusal(Reason.KEY_REUSED, another.entered)


def test_a_proof_by_another_key(town: Town) -> None:
    person = town.person()
    issued = town.issued(person)
    stranger = replace(person, new_key=ec.generate_private_key(ec.SECP256R1()))
    refusal(Reason.PROOF_REFUSED, lambda: stranger.prove(issued))


def test_a_proof_before_the_issue_and_a_draft_that_is_paid(town: Town) -> None:
    person = town.person()
    draft = person.save()
    refusal(Reason.APPLICATION_MOVED_ON, lambda: person.pay(draft.business_no))
    path = f"/applications/{draft.business_no}/proof"
    refusal(Reason.APPLICATION_MOVED_ON, lambda: person.call("PUT", path, {"signature": ""}))


def test_an_invoice_with_errors(town: Town) -> None:
    person = town.person()
    number = person.entered().business_no
    wrong = refusal(Reason.FORM_INVALID, lambda: person.pay(number, invoice=InvoiceForm("1", "")))
    assert [name for name, _ in wrong.problem["field_errors"]] == ["tax_number", "title"]


@pytest.mark.parametrize("version", [None, "1.0.9", "x"])
def test_a_kiosk_that_is_too_old(town: Town, version: str | None) -> None:
    person = town.person()
    person.headers.pop("Kiosk-Version")
    person.headers |= {"Kiosk-Version": version} if version else {}
    problem = refusal(Reason.KIOSK_TOO_OLD, lambda: offer(person)).problem
    assert problem["minimum_version"] == "1.1.0"


@pytest.mark.parametrize("version", ["1.1.0", "1.10", "2"])
def test_a_kiosk_that_is_new_enough(town: Town, version: str) -> None:
    person = town.person()
    person.headers["Kiosk-Version"] = version
    assert offer(person)


def test_wrong_passwords_lock_the_account_for_a_while(town: Town) -> None:
    person = town.person()
    for _ in range(5):
        refusal(Reason.WRONG_PASSWORD, lambda: person.sign_in(password="wrong"))
    locked = refusal(Reason.ACCOUNT_LOCKED, lambda: person.sign_in(ACCOUNT, PASSWORD))
    assert locked.problem["retry_after"] == 600
    town.later(seconds=600)
    assert person.sign_in(ACCOUNT, PASSWORD)
    refusal(Reason.WRONG_PASSWORD, lambda: person.sign_in(password="wrong"))


def test_an_unknown_account_is_a_wrong_password(town: Town) -> None:
    person = town.person()
    refusal(Reason.WRONG_PASSWORD, lambda: person.sign_in("nobody", PASSWORD))


def test_a_write_without_a_key_and_a_request_that_is_none(town: Town) -> None:
    person = town.person()
    refusal(Reason.KIOSK_FAULT, lambda: person.save(key="k" * 200))
    refusal(Reason.KIOSK_FAULT, lambda: person.call("POST", "/offers", {"nothing": 1}))
    refusal(Reason.KIOSK_FAULT, lambda: person.call("GET", "/nowhere"))


@pytest.mark.parametrize("path", ["/", "/schema", "/schema/openapi.json", "/v1/nothing", "/notify"])
def test_an_unknown_path_is_a_problem(town: Town, path: str) -> None:
    answer = town.client.get(path, headers={"Kiosk-Version": "1.2.0"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_a_notice_of_excessive_length_is_not_kept(town: Town) -> None:
    answer = town.client.post("/notify/alipay", content=b"x" * (16 * 1024 + 1))
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    with reading(town.desk.engine) as db:
        assert db.unit.query(NoticeRecord).count() == 0
