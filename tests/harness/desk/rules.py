"""Desks under a CA's rules, keys made once, and the openssl command as a second opinion on evidence."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.harness.desk.signing import Key
from tests.harness.desk.town import Person, Refusal, Town, make_town
from tui.core.failure import Reason
from tui.core.order import Application
from tui.core.policy import KeyPolicy, OldPair, SignatureScheme
from tui.desk.ca.local.settings import LocalCaSettings
from tui.desk.http.api import create_app
from tui.desk.renewals.evidence import evidence_of
from tui.desk.settings import DeskSettings
from tui.desk.settings_reader import SecretPath

KINDS: dict[str, Callable[[], Key]] = {
    "RSA-2048": lambda: rsa.generate_private_key(65537, 2048),
    "RSA-3072": lambda: rsa.generate_private_key(65537, 3072),
    "EC-P384": lambda: ec.generate_private_key(ec.SECP384R1()),
}


@cache
def key_of(kind: str, number: int = 0) -> Key:
    """A key of this kind, the same for the same number."""
    return KINDS[kind]()


def town_under(
    folder: Path,
    key_policy: KeyPolicy = KeyPolicy.REKEY,
    scheme: SignatureScheme = SignatureScheme.PKCS1,
    old_pair: OldPair = OldPair.KEEP,
) -> Town:
    """A desk with these rules."""
    rules = LocalCaSettings(
        certificate=folder / "ca.pem",
        key=SecretPath(folder / "ca.key"),
        key_policy=key_policy,
        old_pair=old_pair,
        signature=scheme,
    )
    return make_town(folder, ca=rules)


def change_rules(town: Town, key_policy: KeyPolicy, scheme: SignatureScheme) -> None:
    """The desk starts anew with other rules, the old pair kept; people must use the town's new client."""
    settings: DeskSettings = town.desk.settings
    rules = msgspec.structs.replace(settings.ca, key_policy=key_policy, old_pair=OldPair.KEEP, signature=scheme)
    town.desk = replace(town.desk, settings=msgspec.structs.replace(settings, ca=rules))
    town.client = type(town.client)(create_app(town.desk))


def refusal(reason: Reason, act: Callable[[], object]) -> Refusal:
    """What the desk says no with."""
    with pytest.raises(Refusal) as refused:
        act()
    assert refused.value.reason == reason.value
    return refused.value


def installed(town: Town, person: Person) -> Application:
    """The whole journey."""
    return person.prove(town.issued(person))


def successor(town: Town, person: Person, done: Application) -> Person:
    """The same person a year later, with the certificate that was issued."""
    town.later(days=350)
    return replace(person, certificate=done.certificate, key=person.new_key, client=town.client).sign_in()


def seen_by_openssl(town: Town, business_no: str) -> bytes:
    """The content of the stored evidence after `openssl cms -verify` found it good."""
    evidence = evidence_of(town.desk.engine, business_no)
    assert evidence is not None
    (town.folder / "evidence.der").write_bytes(evidence)
    command = ["openssl", "cms", "-verify", "-inform", "DER", "-in", "evidence.der", "-CAfile", "ca.pem"]
    at = str(int(town.clock.now.timestamp()))
    return subprocess.run(
        [*command, "-purpose", "any", "-attime", at], cwd=town.folder, capture_output=True, check=True
    ).stdout
