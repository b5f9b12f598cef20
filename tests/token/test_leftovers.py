"""Keys without a certificate: listed as what they are, and deleted only where nothing can need them."""

from dataclasses import replace
from pathlib import Path

import PyKCS11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.harness.token.support import APPLICATION, issued, pin, quiet, reference, requested
from tests.harness.token.unruly import Serving
from tests.rig.child import process
from tests.rig.layout import Object, layouts
from tests.rig.simulator import At, Simulator
from tests.rig.softhsm import (
    SoftToken,
    TestCa,
    delete_public_key,
    init_token,
    issue,
    make_key,
    put_certificate,
    put_key,
    subject,
)
from tui.core.certificate import refer_whole
from tui.core.leftover import Kept, LeftoverKey
from tui.token.tokens import Tokens

Template = tuple[tuple[int, bool | int | bytes], ...]


async def listed(
    tokens: Tokens, over: tuple[str, ...] = (), delete: tuple[LeftoverKey, ...] = ()
) -> tuple[LeftoverKey, ...]:
    """What is left over, after those of `delete` are gone."""
    (token,) = (await tokens.take_snapshot()).tokens
    return await tokens.leftovers(refer_whole(token), pin(), quiet, over=over, delete=delete)


def halves(token: SoftToken) -> tuple[int, int]:
    """Private and public keys on the token."""
    objects = token.objects()
    return objects.count("Private Key Object"), objects.count("Public Key Object")


@pytest.mark.parametrize("kind", ["ec256", "rsa2048"])
async def test_a_stranger_is_listed_and_deleted_and_a_certificate_keeps_its_key(
    simulator: Simulator, serving: Serving, kind: str
) -> None:
    put_key(simulator.soft, make_key(kind), key_id="77", label="旧钥")  # type: ignore[arg-type]
    tokens = serving(simulator)
    (key,) = await listed(tokens)
    assert (key.key_id, key.label, key.private, key.public) == ("77", "旧钥", 1, 1)
    assert (key.kind, key.kept) == ({"ec256": "EC-P256", "rsa2048": "RSA-2048"}[kind], None)
    assert await listed(tokens, delete=(replace(key, label="another"),)) == (key,)
    assert halves(simulator.soft) == (2, 2)
    assert await listed(tokens, delete=(key,)) == ()
    assert halves(simulator.soft) == (1, 1)
    assert (await requested(tokens, simulator)).csr


async def test_a_key_of_an_application_stays_until_the_desk_says_that_it_is_over(
    simulator: Simulator, serving: Serving, ca: TestCa
) -> None:
    tokens, number = serving(simulator), APPLICATION.business_no
    request = await requested(tokens, simulator)
    (key,) = await listed(tokens)
    assert (key.business_no, key.kept) == (number, Kept.APPLICATION)
    assert await listed(tokens, delete=(replace(key, kept=None),)) == (key,)
    assert await listed(tokens, ("GD20260730000002",), (replace(key, kept=None),)) == (key,)
    ready = issued(request, ca, simulator.certificate_der)
    assert (await tokens.install(await reference(tokens, simulator.certificate_der), pin(), ready, quiet)).proof
    assert await listed(tokens, (number,)) == ()


async def test_the_key_of_an_application_that_is_over_goes(simulator: Simulator, serving: Serving) -> None:
    tokens, over = serving(simulator), (APPLICATION.business_no,)
    await requested(tokens, simulator)
    (key,) = await listed(tokens, over)
    assert key.kept is None
    assert await listed(tokens, over, (key,)) == ()
    assert (await requested(tokens, simulator)).csr


async def test_a_certificates_key_under_another_id_is_none_of_them(
    tmp_path: Path, ca: TestCa, serving: Serving
) -> None:
    soft, own, other = init_token(tmp_path / "token"), make_key("ec256"), make_key("ec256")
    put_key(soft, own, key_id="01", label="own")
    put_key(soft, other, key_id="02", label="other")
    put_certificate(soft, issue(ca, subject("某某"), own.public_key()), key_id="02", label="certificate")
    delete_public_key(soft, "01")  # the private half tells nothing then, and has to sign
    (key,) = await listed(serving(soft))
    assert (key.key_id, key.kept) == ("02", Kept.NAMED)


async def test_a_key_that_tells_nothing_and_does_not_sign_stays(simulator: Simulator, serving: Serving) -> None:
    put_key(simulator.soft, make_key("ec256"), key_id="77", label="silent")
    simulator.at("C_SignInit", At.RETURN, PyKCS11.CKR_KEY_FUNCTION_NOT_PERMITTED)
    tokens = serving(simulator)
    (key,) = [key for key in await listed(tokens) if key.key_id == "77"]
    assert key.kept is Kept.UNCERTAIN
    await listed(tokens, delete=(replace(key, kept=None), key))
    assert halves(simulator.soft) == (2, 2)


async def test_without_any_certificate_every_key_may_go(tmp_path: Path, serving: Serving) -> None:
    soft = init_token(tmp_path / "token")
    put_key(soft, make_key("ec256"), key_id="01", label="one")
    put_key(soft, make_key("ec256"), key_id="02", label="two")
    tokens = serving(soft)
    keys = await listed(tokens)
    assert [key.kept for key in keys] == [None, None]
    assert await listed(tokens, delete=keys[:1]) == keys[1:]
    assert halves(soft) == (1, 1)


async def test_the_empty_half_that_a_pull_within_the_generation_leaves_is_deleted(
    simulator: Simulator, serving: Serving
) -> None:
    with process(simulator.soft.environment) as child:
        child.call(write, str(simulator.soft.module), simulator.soft.pin, EMPTY_HALF)
    tokens = serving(simulator)
    (key,) = await listed(tokens)
    assert (key.key_id, key.label, key.spki, key.private, key.public, key.kept) == ("", "", "", 0, 1, None)
    assert halves(simulator.soft) == (1, 2)
    assert await listed(tokens, delete=(key,)) == ()
    assert halves(simulator.soft) == (1, 1)
    assert (await requested(tokens, simulator)).csr


@pytest.mark.parametrize("answer", [PyKCS11.CKR_ATTRIBUTE_SENSITIVE, PyKCS11.CKR_ATTRIBUTE_TYPE_INVALID])
async def test_a_nameless_half_of_which_the_driver_keeps_the_key_to_itself_stays(
    simulator: Simulator, serving: Serving, answer: int
) -> None:
    with process(simulator.soft.environment) as child:
        child.call(write, str(simulator.soft.module), simulator.soft.pin, EMPTY_HALF)
    simulator.at("C_GetAttributeValue", At.REFUSE, answer, text="CKA_EC_POINT")
    simulator.at("C_GetAttributeValue", At.REFUSE, answer, text="CKA_EC_PARAMS")
    tokens = serving(simulator)
    (key,) = [key for key in await listed(tokens) if not key.key_id]
    assert (key.public, key.kept) == (1, Kept.UNCERTAIN)
    await listed(tokens, delete=(replace(key, kept=None), key))
    assert halves(simulator.soft) == (1, 2)


async def test_two_of_one_name_both_stay(tmp_path: Path, serving: Serving) -> None:
    soft = init_token(tmp_path / "token")
    with layouts() as layout:
        layout.put(soft, *(half for _ in range(2) for half in pair(b"\1")), *pair(b"\2"))
    tokens = serving(soft)
    keys = {key.key_id: key for key in await listed(tokens)}
    assert {key_id: key.kept for key_id, key in keys.items()} == {"01": Kept.SEVERAL, "02": None}
    await listed(tokens, delete=tuple(replace(key, kept=None) for key in keys.values()))
    assert halves(soft) == (2, 2)


async def test_beside_a_certificate_that_cannot_be_read_every_key_stays(
    tmp_path: Path, ca: TestCa, serving: Serving
) -> None:
    soft, own = init_token(tmp_path / "token"), make_key("rsa2048")  # whose private half tells its modulus
    put_key(soft, own, key_id="01", label="own")
    with process(soft.environment) as child:
        der = issue(ca, subject("某某"), own.public_key())
        child.call(write, str(soft.module), soft.pin, cut_off(der))
    tokens = serving(soft)
    (key,) = await listed(tokens)
    assert key.kept is Kept.UNCERTAIN
    await listed(tokens, delete=(key, replace(key, kept=None)))
    assert halves(soft) == (1, 1)


def pair(key_id: bytes) -> tuple[Object, Object]:
    """Both halves of a new key."""
    key = make_key("ec256").private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return Object("private", key, key_id), Object("public", key, key_id)


EMPTY_HALF: Template = (
    (PyKCS11.CKA_CLASS, PyKCS11.CKO_PUBLIC_KEY),
    (PyKCS11.CKA_TOKEN, True),
    (PyKCS11.CKA_KEY_TYPE, PyKCS11.CKK_EC),
    (PyKCS11.CKA_EC_PARAMS, b""),
    (PyKCS11.CKA_EC_POINT, b""),
)
"""A public key with nothing in it, as SoftHSM2 begins one."""


def cut_off(certificate: bytes) -> Template:
    """The beginning of a certificate, under no CKA_ID."""
    return (
        (PyKCS11.CKA_CLASS, PyKCS11.CKO_CERTIFICATE),
        (PyKCS11.CKA_CERTIFICATE_TYPE, PyKCS11.CKC_X_509),
        (PyKCS11.CKA_TOKEN, True),
        (PyKCS11.CKA_SUBJECT, x509.load_der_x509_certificate(certificate).subject.public_bytes()),
        (PyKCS11.CKA_VALUE, certificate[:60]),
    )


def write(module: str, secret: str, template: Template) -> None:
    """Called in a process of its own, which loads the driver: one object."""
    library = PyKCS11.PyKCS11Lib()
    library.load(module)
    session = library.openSession(library.getSlotList(tokenPresent=True)[0], PyKCS11.CKF_RW_SESSION)
    session.login(secret)
    session.createObject(list(template))
