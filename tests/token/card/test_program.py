"""The program's token adapter over OpenSC, pcscd and the virtual card."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from tests.harness.token.support import (
    APPLICATION,
    CHALLENGE,
    PATIENCE,
    adapter,
    issued,
    openssl,
    pin,
    quiet,
    reference,
    requested,
    until,
    watching,
)
from tests.rig.card.manners import Pull, UnrulyCard
from tests.rig.card.pcscd import Reader
from tests.rig.card.provision import LABEL, Shelf, token_in
from tests.rig.softhsm import KeyKind, SoftToken
from tui.core.certificate import PinState
from tui.core.evidence import evidence_content, proof_message
from tui.core.failure import Failure, Reason, TokenError
from tui.core.policy import KeyPolicy
from tui.token.tokens import Tokens

CREATE_FILE, UPDATE_BINARY, SIGN = 0xE0, 0xD6, 0x2A


@pytest.fixture
def kind() -> KeyKind:
    """What key is on the card of a test that does not say otherwise."""
    return "ec256"


@pytest.fixture
async def inserted(reader: Reader, shelf: Shelf, kind: KeyKind) -> AsyncIterator[tuple[UnrulyCard, SoftToken, Tokens]]:
    """A card that is in, how to reach it, and the adapter over it."""
    card, certificate = shelf.take(kind)
    token = token_in(reader, certificate)
    with reader.holding(card):
        tokens = adapter(token)
        yield card, token, tokens
        await tokens.close()


async def failing(call: Awaitable[object]) -> Failure:
    """How this fails."""
    with pytest.raises(TokenError) as caught:
        await call
    return caught.value.failure


@pytest.mark.parametrize("kind", ["rsa2048", "rsa3072", "ec256", "ec384"])
async def test_from_snapshot_to_proof(
    inserted: tuple[UnrulyCard, SoftToken, Tokens], shelf: Shelf, kind: KeyKind, tmp_path: Path
) -> None:
    _, token, tokens = inserted
    (seen,) = (await tokens.take_snapshot()).tokens
    assert (seen.label, seen.pin_state, seen.fault) == (LABEL, PinState.UNKNOWN, "")
    (certificate,) = seen.certificates
    assert (certificate.der, certificate.has_private_key) == (token.certificate_der, True)

    request = await requested(tokens, token)
    csr = x509.load_pem_x509_csr(request.csr)
    assert csr.is_signature_valid
    assert csr.public_key() == shelf.key(kind).public_key()
    (tmp_path / "evidence.der").write_bytes(request.evidence)
    (tmp_path / "ca.pem").write_bytes(shelf.ca.certificate.public_bytes(Encoding.PEM))
    openssl(
        *("cms", "-verify", "-in", "evidence.der", "-inform", "DER", "-CAfile", "ca.pem"),
        *("-purpose", "any", "-binary", "-out", "content"),
        folder=tmp_path,
    )
    assert (tmp_path / "content").read_bytes() == evidence_content(APPLICATION.statement, request.csr)

    application = issued(request, shelf.ca, token.certificate_der)
    done = await tokens.install(await reference(tokens, token.certificate_der), pin(), application, quiet)
    message = proof_message(APPLICATION.business_no, done.new.fingerprint, CHALLENGE)
    match x509.load_der_x509_certificate(done.new.der).public_key():
        case rsa.RSAPublicKey() as key:
            key.verify(done.proof, message, padding.PKCS1v15(), hashes.SHA256())
        case ec.EllipticCurvePublicKey() as key:
            key.verify(done.proof, message, ec.ECDSA(hashes.SHA256()))
        case other:
            raise AssertionError(other)
    counts = [token.objects().count(f"{what} Object") for what in ("Private Key", "Public Key", "Certificate")]
    assert counts == [2, 2, 2]


async def test_wrong_pins_are_told_to_the_last(inserted: tuple[UnrulyCard, SoftToken, Tokens]) -> None:
    _, token, tokens = inserted
    ref = await reference(tokens, token.certificate_der)
    typed = ["000000", "000000", "000000", "123456"]
    seen = [await failing(tokens.make_request(ref, pin(each), APPLICATION, quiet)) for each in typed]
    assert [failure.reason for failure in seen] == [
        *(Reason.WRONG_PIN, Reason.WRONG_PIN),
        *(Reason.PIN_LOCKED, Reason.PIN_LOCKED),
    ]
    assert [failure.tries_left for failure in seen[:3]] == [None, 1, 0]


async def test_a_full_card_is_told_apart(inserted: tuple[UnrulyCard, SoftToken, Tokens]) -> None:
    card, token, tokens = inserted
    ref = await reference(tokens, token.certificate_der)
    card.card.state.capacity -= card.card.state.room
    failure = await failing(tokens.make_request(ref, pin(), APPLICATION, quiet))
    assert failure.reason is Reason.TOKEN_FULL


async def test_pulled_and_put_back_is_watched(inserted: tuple[UnrulyCard, SoftToken, Tokens], reader: Reader) -> None:
    card, _, tokens = inserted
    async with watching(tokens) as snapshots:
        await until(snapshots, lambda snapshot: bool(snapshot.tokens))
        reader.slots[0].pull()
        await put_back(tokens, reader, card)


async def put_back(tokens: Tokens, reader: Reader, card: UnrulyCard) -> None:
    """Put in a card that fell out, when the program has seen that it is out, and return when it sees it again."""
    async with watching(tokens) as snapshots:
        await until(snapshots, lambda snapshot: not snapshot.tokens)
        reader.slots[0].plug(card)
        await until(snapshots, lambda snapshot: bool(snapshot.tokens))


async def test_pulled_while_it_makes_the_key(inserted: tuple[UnrulyCard, SoftToken, Tokens], reader: Reader) -> None:
    card, token, tokens = inserted
    ref = await reference(tokens, token.certificate_der)
    card.manners.generation = 600.0
    call = asyncio.create_task(failing(tokens.make_request(ref, pin(), APPLICATION, quiet)))
    assert await asyncio.to_thread(card.generating.wait, PATIENCE)
    reader.slots[0].pull()
    failure = await call
    assert failure.reason is Reason.TOKEN_REMOVED
    assert failure.token_changed
    card.manners.generation = 0.0
    await put_back(tokens, reader, card)
    assert (await requested(tokens, token)).csr


@pytest.mark.parametrize("takes_effect", [False, True])
@pytest.mark.parametrize("instruction", [CREATE_FILE, UPDATE_BINARY, SIGN])
async def test_pulled_at_a_command_then_asked_again(
    inserted: tuple[UnrulyCard, SoftToken, Tokens], reader: Reader, instruction: int, takes_effect: bool
) -> None:
    card, token, tokens = inserted
    ref = await reference(tokens, token.certificate_der)
    card.arm(Pull(1, instruction=instruction, takes_effect=takes_effect))
    failure = await failing(tokens.make_request(ref, pin(), APPLICATION, quiet))
    assert failure.reason is Reason.TOKEN_REMOVED
    await put_back(tokens, reader, card)
    assert (await requested(tokens, token)).csr


@pytest.mark.parametrize("kind", ["rsa2048", "ec256"])
async def test_a_kept_key_where_the_card_takes_no_second_certificate(
    inserted: tuple[UnrulyCard, SoftToken, Tokens], shelf: Shelf
) -> None:
    _, token, tokens = inserted
    application = replace(APPLICATION, key_policy=KeyPolicy.KEEP)
    request = await requested(tokens, token, application=application)
    ready = issued(request, shelf.ca, token.certificate_der, application)
    ref = await reference(tokens, token.certificate_der)
    done = await tokens.install(ref, pin(), ready, quiet)
    assert done.new.key_id == "01"
    async with watching(tokens) as snapshots:
        seen = await until(snapshots, lambda s: len(s.tokens[0].certificates) == 2)
    by_id = {c.key_id: c.der for c in seen.tokens[0].certificates}
    assert by_id.pop("01") == ready.certificate
    assert list(by_id.values()) == [token.certificate_der]
    assert (await tokens.install(ref, pin(), ready, quiet)).new.der == ready.certificate


async def test_the_old_certificate_is_put_back_where_the_new_one_finds_no_room(
    inserted: tuple[UnrulyCard, SoftToken, Tokens], shelf: Shelf
) -> None:
    card, token, tokens = inserted
    application = replace(APPLICATION, key_policy=KeyPolicy.KEEP)
    ready = issued(
        await requested(tokens, token, application=application), shelf.ca, token.certificate_der, application
    )
    ref = await reference(tokens, token.certificate_der)
    card.card.state.capacity -= card.card.state.room
    failure = await failing(tokens.install(ref, pin(), ready, quiet))
    assert failure.reason is Reason.TOKEN_FULL
    (seen,) = (await tokens.take_snapshot()).tokens
    assert [(c.key_id, c.der) for c in seen.certificates] == [("01", token.certificate_der)]
    card.card.state.capacity += 8192
    assert (await tokens.install(ref, pin(), ready, quiet)).new.der == ready.certificate
