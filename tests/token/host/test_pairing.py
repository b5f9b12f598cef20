"""The private key of a certificate where drivers tell little, keys ask for PINs, and the old pair is to go."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import PyKCS11
import pytest

from tests.harness.token.key_matrix import (
    NAME,
    NEW,
    OLD,
    OTHER,
    Bench,
    Keys,
    Layout,
    Policy,
    objects,
    pair,
    prepared,
    private,
    renew,
    spki,
)
from tests.harness.token.support import APPLICATION, issued, requested
from tests.harness.token.unruly import Serving, installed, refused_installation, refused_request, retire
from tests.rig.layout import Object, layouts
from tests.rig.simulator import At, Is, Simulator
from tests.rig.softhsm import SoftToken, issue, make_ca, make_key, subject
from tui.core.failure import Reason
from tui.core.policy import KeyPolicy
from tui.core.token import KeyLeft

KEEP = replace(APPLICATION, key_policy=KeyPolicy.KEEP)
GENERAL_ERROR = PyKCS11.CKR_GENERAL_ERROR


@pytest.fixture(scope="module")
def bench(simulator_module: Path) -> Iterator[Bench]:
    """One process that lays out all tokens."""
    with layouts() as process:
        yield Bench(process, make_ca(), simulator_module)


@pytest.fixture(scope="module")
def keys() -> Keys:
    """Of the algorithm whose private keys tell least."""
    return Keys.make("ec256")


@pytest.fixture
def imported(bench: Bench, keys: Keys, tmp_path: Path) -> Simulator:
    """The simulator over a token with two EC private keys and their certificates under one ID, no public keys."""
    soft = prepared(bench, tmp_path / "token", objects(Layout.NO_PUBLIC_OBJECT, keys, bench.ca))
    return Simulator(soft, bench.simulator_module, tmp_path / "control")


def held(bench: Bench, soft: SoftToken, keys: Keys, *more: bytes) -> dict[tuple[str, int], int]:
    """Objects by class and key."""
    return dict(bench.layouts.held(soft, spki(keys.old), spki(keys.other), *more))


@pytest.mark.parametrize("answer", [GENERAL_ERROR, PyKCS11.CKR_FUNCTION_FAILED, PyKCS11.CKR_ATTRIBUTE_TYPE_INVALID])
@pytest.mark.parametrize("attribute", ["CKA_PUBLIC_KEY_INFO", "CKA_ALWAYS_AUTHENTICATE", "CKA_EC_POINT"])
async def test_an_attribute_that_the_driver_does_not_know(
    imported: Simulator, serving: Serving, attribute: str, answer: int
) -> None:
    imported.at("C_GetAttributeValue", At.REFUSE, answer, text=attribute)
    tokens = serving(imported)
    assert (await requested(tokens, imported, application=KEEP)).evidence


@pytest.mark.parametrize("policy", Policy)
async def test_keys_that_ask_for_their_pin_among_those_that_are_tried(
    bench: Bench, keys: Keys, tmp_path: Path, serving: Serving, policy: Policy
) -> None:
    """SoftHSM2 keeps to CKA_ALWAYS_AUTHENTICATE itself."""
    certificate, lying = objects(Layout.NO_PUBLIC_OBJECT, keys, bench.ca)
    asking = tuple(replace(each, asks=each.kind == "private") for each in lying)
    soft = prepared(bench, tmp_path / "token", (certificate, asking))
    assert (await renew(serving(soft), soft, policy, bench.ca))[1] is None


async def test_no_more_keys_are_tried_than_a_person_waits_for(
    bench: Bench, keys: Keys, tmp_path: Path, serving: Serving
) -> None:
    strangers = tuple(private(make_key("ec256"), b"\x01") for _ in range(20))
    certificate = issue(bench.ca, subject(NAME), keys.old.public_key())
    soft = prepared(bench, tmp_path / "token", (certificate, (*strangers, Object("certificate", certificate, b"\x01"))))
    rig = Simulator(soft, bench.simulator_module, tmp_path / "control")
    failure = await refused_request(serving(rig), rig)
    assert (failure.reason, failure.token_changed) == (Reason.KEY_MISSING, False)
    assert rig.calls().count("C_SignInit") == 8


async def test_a_key_that_another_certificate_is_of_is_left_and_told(
    bench: Bench, keys: Keys, tmp_path: Path, serving: Serving
) -> None:
    certificate, lying = objects(Layout.SAME_ID, keys, bench.ca)
    twin = Object("certificate", issue(bench.ca, subject("别的平台"), keys.old.public_key()), b"\x77")
    soft = prepared(bench, tmp_path / "token", (certificate, (*lying, twin)))
    new, left = await renew(serving(soft), soft, Policy.REKEY_AND_DELETE, bench.ca)
    assert left is KeyLeft.SHARED
    found = held(bench, soft, keys, new)
    assert [found[kind, OLD] for kind in ("private", "public", "certificate")] == [1, 1, 1]


async def test_an_old_key_that_cannot_be_told_apart_is_left_and_told(
    bench: Bench, imported: Simulator, keys: Keys, serving: Serving
) -> None:
    refusing = GENERAL_ERROR
    tokens = serving(imported)
    request = await requested(tokens, imported)
    done = await installed(tokens, imported, issued(request, bench.ca, imported.certificate_der))
    # The new key signs at the sign-in; from then on no key that is tried answers.
    imported.at("C_SignInit", At.RETURN, refusing, after=2)
    left = await retire(tokens, imported, done)
    assert left is KeyLeft.UNCERTAIN
    imported.clear()
    found = held(bench, imported.soft, keys)
    assert (found["private", OLD], found["private", OTHER], found.get(("certificate", OLD))) == (1, 1, None)


async def test_a_token_that_takes_no_certificate_is_refused_before_anything_is_made(
    imported: Simulator, serving: Serving
) -> None:
    imported.at("C_CreateObject", At.REFUSE, PyKCS11.CKR_FUNCTION_NOT_SUPPORTED, text="CKA_CLASS=CKO_CERTIFICATE")
    tokens = serving(imported)
    failure = await refused_request(tokens, imported)
    assert (failure.reason, failure.token_changed) == (Reason.TOKEN_UNSUPPORTED, False)
    assert "C_GenerateKeyPair" not in imported.calls()


@pytest.mark.parametrize("cut", [False, True])
async def test_a_kept_key_without_public_object_whose_certificate_can_only_be_exchanged(
    bench: Bench, keys: Keys, tmp_path: Path, serving: Serving, *, cut: bool
) -> None:
    certificate = issue(bench.ca, subject(NAME), keys.old.public_key())
    lying = private(keys.old, b"\x01"), *pair(keys.other, b"\x02"), Object("certificate", certificate, b"\x01")
    soft = prepared(bench, tmp_path / "token", (certificate, lying))
    rig = Simulator(soft, bench.simulator_module, tmp_path / "control")
    rig.rule(Is.ONE_CERTIFICATE, GENERAL_ERROR)
    rig.at("C_SetAttributeValue", At.RETURN, PyKCS11.CKR_ATTRIBUTE_READ_ONLY)
    tokens = serving(rig)
    ready = issued(await requested(tokens, rig, application=KEEP), bench.ca, certificate, KEEP)
    if cut:
        rig.at("C_DestroyObject", At.KILL_AFTER, times=1)
        assert (await refused_installation(tokens, rig, ready)).reason is Reason.DRIVER_CRASHED
    assert (await installed(serving(rig), rig, ready)).new.der == ready.certificate
    assert held(bench, soft, keys)["private", OLD] == 1
    assert NEW not in {owner for _, owner in held(bench, soft, keys)}
