"""The CA's rule on keys: kept or new, fixed when the draft is made, and whose a key is."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.harness.desk.rules import change_rules, installed, key_of, refusal, seen_by_openssl, successor, town_under
from tests.harness.desk.town import FORM, Person, Town, b64
from tui.core.failure import Reason
from tui.core.order import ApplicationStatus
from tui.core.policy import KeyPolicy, OldPair, SignatureScheme
from tui.desk.crypto.tbs import TbsCertificate
from tui.desk.renewals.evidence import evidence_of

KEEP, REKEY = KeyPolicy.KEEP, KeyPolicy.REKEY
PKCS1, PSS = SignatureScheme.PKCS1, SignatureScheme.PSS


@pytest.fixture
def keeping(tmp_path: Path) -> Iterator[Town]:
    """A desk whose CA keeps keys."""
    town = town_under(tmp_path, KEEP)
    yield town
    town.desk.engine.dispose()


@pytest.mark.parametrize("kind", ["RSA-2048", "RSA-3072", "EC-P384"])
@pytest.mark.parametrize(("policy", "scheme"), [(KEEP, PKCS1), (KEEP, PSS), (REKEY, PSS)])
def test_the_journey(tmp_path: Path, policy: KeyPolicy, scheme: SignatureScheme, kind: str) -> None:
    town = town_under(tmp_path, policy, scheme)
    person = town.person(key=key_of(kind))
    person.new_key = person.key if policy is KEEP else key_of(kind, 1)
    done = installed(town, person)
    assert done.status is ApplicationStatus.INSTALLED
    assert (done.key_policy, done.old_pair, done.scheme) == (policy, OldPair.KEEP, scheme)
    assert done.old_certificate == person.certificate
    assert x509.load_der_x509_certificate(done.certificate).public_key() == person.new_key.public_key()
    assert seen_by_openssl(town, done.business_no).startswith(done.statement.encode())
    town.desk.engine.dispose()


def test_under_keep_only_serial_and_validity_are_new(keeping: Town) -> None:
    first = keeping.person()
    second = successor(keeping, first, installed(keeping, first))  # what this CA issued has both key identifiers
    done = installed(keeping, second)
    old, new = (
        asn1.decode_der(TbsCertificate, x509.load_der_x509_certificate(der).tbs_certificate_bytes)
        for der in (second.certificate, done.certificate)
    )
    for name in ("signature", "issuer", "subject", "subject_public_key_info"):
        assert bytes(getattr(old, name).data) == bytes(getattr(new, name).data), name
    kept, made = ([(e.oid, e.critical, e.value) for e in c.extensions or []] for c in (old, new))
    assert kept == made
    assert old.serial_number != new.serial_number
    assert bytes(old.validity.data) != bytes(new.validity.data)


@pytest.mark.parametrize("policy", KeyPolicy)
def test_the_statement_names_the_policy(tmp_path: Path, policy: KeyPolicy) -> None:
    town = town_under(tmp_path, policy)
    assert json.loads(town.person().save().statement)["key_policy"] == policy.value
    town.desk.engine.dispose()


def test_the_rules_of_the_draft_hold_to_the_end(tmp_path: Path) -> None:
    town = town_under(tmp_path, REKEY, PSS, OldPair.DELETE)
    person = town.person(key=key_of("RSA-2048"))
    draft = person.save()
    change_rules(town, KEEP, PKCS1)
    person.client = town.client
    revised = person.save(replace(FORM, agent_name="王五"))
    assert (revised.key_policy, revised.old_pair, revised.scheme) == (REKEY, OldPair.DELETE, PSS)
    assert json.loads(revised.statement)["key_policy"] == "rekey"
    assert revised.business_no == draft.business_no
    done = installed(town, person)
    assert (done.status, done.scheme) == (ApplicationStatus.INSTALLED, PSS)
    other = town.person(key=key_of("RSA-2048", 1)).save()
    assert (other.key_policy, other.old_pair, other.scheme) == (KEEP, OldPair.KEEP, PKCS1)
    town.desk.engine.dispose()


@pytest.mark.parametrize("policy", KeyPolicy)
def test_an_old_key_that_cannot_be_certified_again_is_refused_at_the_offer(tmp_path: Path, policy: KeyPolicy) -> None:
    town = town_under(tmp_path, policy)
    person = town.person(key=rsa.generate_private_key(3, 2048))
    offer = {"certificate": b64(person.certificate)}
    if policy is KEEP:
        refused = refusal(Reason.KEY_UNSUPPORTED, lambda: person.call("POST", "/offers", offer))
        assert "RSA exponent 3" in refused.problem["detail"]
        refusal(Reason.KEY_UNSUPPORTED, person.save)
    else:  # it makes way for a new one, also under a draft that was begun by this rule
        assert person.save().key_policy is REKEY
        change_rules(town, KEEP, PKCS1)
        person.client = town.client
        assert person.call("POST", "/offers", offer)["terms"]
        assert installed(town, person).status is ApplicationStatus.INSTALLED
    town.desk.engine.dispose()


def test_under_keep_another_key_is_refused(keeping: Town) -> None:
    person = keeping.person()
    draft = person.save()
    other = replace(person, new_key=ec.generate_private_key(ec.SECP256R1()))
    assert "old key" in refusal(Reason.REQUEST_REFUSED, lambda: other.submit(draft)).problem["detail"]
    assert evidence_of(keeping.desk.engine, draft.business_no) is None
    assert person.submit(draft).status is ApplicationStatus.ENTERED


def test_a_kept_key_goes_on_from_renewal_to_renewal(keeping: Town) -> None:
    person = keeping.person()
    for _ in range(3):
        person = successor(keeping, person, installed(keeping, person))
    assert person.new_key is person.key


def test_a_kept_key_may_be_asked_for_again_after_withdrawal(keeping: Town) -> None:
    person = keeping.person()
    for _ in range(2):
        number = person.entered().business_no
        person.ask("POST", f"/applications/{number}/withdrawal")
    later = successor(keeping, person, installed(keeping, person))
    number = later.entered().business_no
    later.ask("POST", f"/applications/{number}/withdrawal")
    assert later.entered().status is ApplicationStatus.ENTERED


def test_a_kept_key_serves_one_certificate(keeping: Town) -> None:
    person = keeping.person()
    twin = keeping.holder(person.key, keeping.certificate(person.key, common_name="李四"))
    number = person.entered().business_no
    refusal(Reason.KEY_REUSED, twin.entered)
    person.ask("POST", f"/applications/{number}/withdrawal")
    installed(keeping, person)
    refusal(Reason.KEY_REUSED, lambda: twin.submit(twin.save()))


def test_a_key_made_under_rekey_is_kept_later(tmp_path: Path) -> None:
    town = town_under(tmp_path, REKEY)
    person = town.person()
    done = installed(town, person)
    change_rules(town, KEEP, PKCS1)
    kept = successor(town, person, done)
    again = successor(town, kept, installed(town, kept))
    change_rules(town, REKEY, PKCS1)
    again.client = town.client
    refusal(Reason.KEY_REUSED, again.entered)
    stranger: Person = town.person()
    refusal(Reason.KEY_REUSED, replace(stranger, new_key=again.key).entered)
    town.desk.engine.dispose()
