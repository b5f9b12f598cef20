"""Certificates that are private objects (CKA_PRIVATE): seen after the PIN, and renewed like any other."""

from dataclasses import replace
from pathlib import Path

import PyKCS11
import pytest
from cryptography import x509

from tests.harness.token.support import APPLICATION, issued, pin, quiet
from tests.harness.token.unruly import Serving
from tests.rig.child import process
from tests.rig.softhsm import SoftToken, TestCa, init_token, issue, make_key, put_certificate, put_key, subject
from tui.core.certificate import CertificateRef, Token, find_token, refer, refer_token, revealed
from tui.core.failure import Reason, TokenError
from tui.core.policy import KeyPolicy
from tui.token.tokens import Tokens


def write_private(module: str, secret: str, certificate: bytes, key_id: bytes, filling: bytes) -> None:
    """Called in a process of its own, which loads the driver."""
    library = PyKCS11.PyKCS11Lib()
    library.load(module)
    session = library.openSession(library.getSlotList(tokenPresent=True)[0], PyKCS11.CKF_RW_SESSION)
    session.login(secret)
    parsed = x509.load_der_x509_certificate(certificate)
    session.createObject(
        [
            (PyKCS11.CKA_CLASS, PyKCS11.CKO_CERTIFICATE),
            (PyKCS11.CKA_CERTIFICATE_TYPE, PyKCS11.CKC_X_509),
            (PyKCS11.CKA_TOKEN, True),
            (PyKCS11.CKA_PRIVATE, True),
            (PyKCS11.CKA_ID, key_id),
            (PyKCS11.CKA_LABEL, "证书"),
            (PyKCS11.CKA_SUBJECT, parsed.subject.public_bytes()),
            (PyKCS11.CKA_VALUE, certificate + filling),
        ]
    )


def put_private_certificate(token: SoftToken, certificate: bytes, filling: bytes = b"") -> None:
    """A certificate that only a signed-in user sees, under the CKA_ID 01."""
    with process(token.environment) as own:
        own.call(write_private, str(token.module), token.pin, certificate, b"\1", filling)


@pytest.fixture
def secretive(request: pytest.FixtureRequest, tmp_path: Path, ca: TestCa) -> SoftToken:
    """A token whose only certificate is a private object; the parameter follows it in its file."""
    token, key = init_token(tmp_path / "token", label="藏"), make_key("ec256")
    put_key(token, key, key_id="01", label="key")
    certificate = issue(ca, subject("某某供应商有限公司"), key.public_key())
    put_private_certificate(token, certificate, getattr(request, "param", b""))
    return replace(token, certificate_der=certificate)


async def looked(tokens: Tokens) -> tuple[Token, CertificateRef]:
    """What the right PIN shows, and the reference of the one certificate."""
    (before,) = (await tokens.take_snapshot()).tokens
    typed = pin()
    shown = await tokens.look(refer_token(before), typed, quiet)
    assert not typed
    (certificate,) = shown.certificates
    return shown, refer(shown, certificate)


async def test_it_is_seen_after_the_pin_and_not_before(secretive: SoftToken, serving: Serving) -> None:
    tokens = serving(secretive)
    (before,) = (await tokens.take_snapshot()).tokens
    assert (before.certificates, before.hides) == ((), True)
    shown, ref = await looked(tokens)
    assert [(c.der, c.private, c.has_private_key) for c in shown.certificates] == [
        (secretive.certificate_der, True, True)
    ]
    assert (ref.private, shown.hides) == (True, False)
    (after,) = (await tokens.take_snapshot()).tokens
    assert after == before
    assert revealed(after, (shown,)) == shown


async def test_a_wrong_pin_is_sent_once(secretive: SoftToken, serving: Serving) -> None:
    tokens = serving(secretive)
    (before,) = (await tokens.take_snapshot()).tokens
    with pytest.raises(TokenError) as caught:
        await tokens.look(refer_token(before), pin("654321"), quiet)
    failure = caught.value.failure
    assert (failure.reason, failure.token_changed) == (Reason.WRONG_PIN, False)


@pytest.mark.parametrize("policy", list(KeyPolicy))
async def test_it_is_renewed(secretive: SoftToken, ca: TestCa, serving: Serving, policy: KeyPolicy) -> None:
    tokens, application = serving(secretive), replace(APPLICATION, key_policy=policy)
    _, ref = await looked(tokens)
    request = await tokens.make_request(ref, pin(), application, quiet)
    ready = issued(request, ca, secretive.certificate_der, application)
    for _ in range(2):  # and once more, as after a connection that was cut off
        done = await tokens.install(ref, pin(), ready, quiet)
        assert (done.old.der, done.new.der) == (secretive.certificate_der, ready.certificate)
    seen = (await tokens.take_snapshot()).tokens
    assert [c.der for token in seen for c in token.certificates] == [ready.certificate]


@pytest.mark.parametrize("secretive", [bytes(100)], indirect=True, ids=["zeros fill its file up"])
async def test_the_old_pair_is_deleted(secretive: SoftToken, ca: TestCa, serving: Serving) -> None:
    tokens = serving(secretive)
    shown, ref = await looked(tokens)
    request = await tokens.make_request(ref, pin(), APPLICATION, quiet)
    ready = issued(request, ca, secretive.certificate_der)
    done = await tokens.install(ref, pin(), ready, quiet)
    await tokens.retire(refer(shown, done.new), pin(), ready, done, quiet)
    assert secretive.objects().count("Certificate Object") == 1
    assert secretive.objects().count("Private Key Object") == 1


async def test_another_token_of_the_same_name_signs_nothing(
    tmp_path: Path, secretive: SoftToken, ca: TestCa, serving: Serving
) -> None:
    _, ref = await looked(serving(secretive))
    other, key = init_token(tmp_path / "other", label="藏"), make_key("ec256")
    put_key(other, key, key_id="01", label="key")
    put_private_certificate(other, issue(ca, subject("别人"), key.public_key()))
    tokens = serving(other)
    (seen,) = (await tokens.take_snapshot()).tokens
    twin = replace(ref, token_serial=seen.serial)
    with pytest.raises(TokenError) as caught:
        await tokens.make_request(twin, pin(), APPLICATION, quiet)
    assert caught.value.failure.reason is Reason.TOKEN_SWAPPED
    assert other.objects().count("Private Key Object") == 1


async def test_a_token_of_another_name_is_not_asked(
    tmp_path: Path, secretive: SoftToken, ca: TestCa, serving: Serving
) -> None:
    _, ref = await looked(serving(secretive))
    tokens = serving(init_token(tmp_path / "other", label="别"))
    typed = pin()
    with pytest.raises(TokenError) as caught:
        await tokens.make_request(ref, typed, APPLICATION, quiet)
    assert caught.value.failure.reason is Reason.TOKEN_SWAPPED
    assert not typed


async def test_a_visible_certificate_of_its_own_hides_nothing(soft: SoftToken, ca: TestCa, serving: Serving) -> None:
    put_certificate(soft, issue(ca, subject("别人"), make_key("ec256").public_key()), key_id="07", label="x")
    (token,) = (await serving(soft).take_snapshot()).tokens
    assert not token.hides
    assert find_token((token,), refer_token(token)) == token
