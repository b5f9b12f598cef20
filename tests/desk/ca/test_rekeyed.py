"""A CA with a new key renews what its retired certificates issued; and what it issues is valid at once everywhere."""

import subprocess
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.harness.desk.authorities import FAR, certified, rekey, restart
from tests.harness.desk.rules import change_rules, installed, refusal, seen_by_openssl, successor
from tests.harness.desk.town import Town, b64
from tui.core.certificate import CertificateState
from tui.core.failure import Reason
from tui.core.policy import KeyPolicy, SignatureScheme
from tui.desk.ca.local.authority import LocalCa
from tui.desk.crypto.certificates import read_certificate
from tui.desk.renewals.issuing import issue


def verified(town: Town, certificate: bytes, ca: str, at: datetime) -> bool:
    (town.folder / "new.der").write_bytes(certificate)
    command = ["openssl", "verify", "-attime", str(int(at.timestamp())), "-CAfile", ca, "new.der"]
    return subprocess.run(command, cwd=town.folder, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("policy", list(KeyPolicy))
def test_what_a_retired_key_issued_is_renewed_by_the_key_of_now(town: Town, policy: KeyPolicy) -> None:
    change_rules(town, policy, SignatureScheme.PKCS1)
    person = town.person()
    rekey(town)
    person.client = town.client
    done = installed(town, person)
    new = x509.load_der_x509_certificate(done.certificate)
    authority = x509.load_pem_x509_certificate((town.folder / "ca.pem").read_bytes())
    key_id = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    named = new.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    assert named == key_id
    assert verified(town, done.certificate, "ca.pem", town.clock.now)
    assert not verified(town, done.certificate, "retired.pem", town.clock.now)
    assert successor(town, person, done).save().business_no != done.business_no


def test_the_evidence_stands_by_the_retired_certificate(town: Town) -> None:
    person = town.person()
    rekey(town)
    person.client = town.client
    done = installed(town, person)
    with pytest.raises(subprocess.CalledProcessError):
        seen_by_openssl(town, done.business_no)
    (town.folder / "ca.pem").write_bytes((town.folder / "retired.pem").read_bytes())
    assert done.business_no.encode() in seen_by_openssl(town, done.business_no)


def test_a_retired_certificate_that_is_not_listed_counts_for_nothing(town: Town) -> None:
    person = town.person()
    rekey(town, listed=False)
    person.client = town.client
    refusal(
        Reason.FOREIGN_CERTIFICATE, lambda: person.call("POST", "/offers", {"certificate": b64(person.certificate)})
    )


def test_an_application_under_way_survives_the_change_of_keys(town: Town) -> None:
    person = town.person()
    number = town.paid(person).business_no
    rekey(town)
    issue(town.desk, number)
    assert verified(town, person.see(number).certificate, "ca.pem", town.clock.now)


@pytest.mark.parametrize("content", [b"", b"no PEM", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_retired_file_that_holds_no_certificate_is_named(town: Town, content: bytes) -> None:
    (town.folder / "retired.pem").write_bytes(content)
    with pytest.raises(ValueError, match=r"retired\.pem"):
        restart(town, retired=[town.folder / "retired.pem"])


def test_a_certificate_begins_some_minutes_before_it_is_issued(town: Town) -> None:
    issued = town.issued(town.person()).certificate
    slow = town.clock.now - timedelta(minutes=2)
    assert read_certificate(issued).state(slow) is CertificateState.VALID
    assert verified(town, issued, "ca.pem", slow)


def test_but_never_before_the_ca_itself(town: Town) -> None:
    begins = (town.clock.now - timedelta(minutes=1)).replace(microsecond=0)
    (town.folder / "ca.pem").write_bytes(certified(town, town.ca_key, FAR, begins))
    restart(town)
    issued = x509.load_der_x509_certificate(town.issued(town.person()).certificate)
    assert issued.not_valid_before_utc == begins


def test_the_chain_is_the_ca_s_own_without_the_retired(town: Town) -> None:
    rekey(town)
    assert isinstance(town.desk.ca, LocalCa)
    own = x509.load_pem_x509_certificate((town.folder / "ca.pem").read_bytes())
    assert town.desk.ca.chain == (own.public_bytes(Encoding.DER),)
