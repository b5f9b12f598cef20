"""PINs: refused once, sent once, shown never."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness.token.support import APPLICATION, pin, quiet, reference, until, watching
from tests.rig.softhsm import (
    SoftToken,
    TestCa,
    init_token,
    issue,
    make_key,
    pull,
    put_certificate,
    put_key,
    subject,
)
from tui.core.certificate import PinState, refer
from tui.core.failure import Reason, TokenError
from tui.core.secret import Pin
from tui.token import protocol, proxy
from tui.token.load import Load
from tui.token.tokens import Tokens


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every payload that is sent to a driver's process."""
    sent: list[bytes] = []
    send = proxy.DriverProcess._send

    def record(self: proxy.DriverProcess, payload: bytes | memoryview) -> None:
        sent.append(bytes(payload))
        send(self, payload)

    monkeypatch.setattr(proxy.DriverProcess, "_send", record)
    return sent


async def test_wrong_then_right(tokens: Tokens, soft: SoftToken, frames: list[bytes]) -> None:
    ref = await reference(tokens, soft.certificate_der)
    typed = pin("654321")
    with pytest.raises(TokenError) as caught:
        await tokens.make_request(ref, typed, APPLICATION, quiet)
    failure = caught.value.failure
    assert (failure.reason, failure.detail) == (Reason.WRONG_PIN, "CKR_PIN_INCORRECT")
    assert (failure.tries_left, failure.final_try, failure.token_changed) == (None, False, False)
    assert not typed
    assert frames.count(b"654321") == 1
    assert (await tokens.make_request(ref, pin(), APPLICATION, quiet)).csr
    assert frames.count(b"123456") == 1
    async with watching(tokens) as snapshots:
        await until(snapshots, lambda snapshot: snapshot.tokens[0].pin_state is PinState.UNKNOWN)


async def test_of_two_tokens_with_one_certificate_only_the_chosen_one_gets_the_pin(
    tmp_path: Path, ca: TestCa, serving: Callable[..., Tokens], frames: list[bytes]
) -> None:
    key = make_key("ec256")
    certificate = issue(ca, subject("测试供应商有限公司"), key.public_key())
    twins = []
    for name, secret in (("first", "111111"), ("second", "222222")):
        token = init_token(tmp_path / name, pin=secret, label=name)
        put_key(token, key, key_id="01", label=name)
        put_certificate(token, certificate, key_id="01", label=name)
        twins.append(token)
    tokens = serving(*twins)
    for seen in (await tokens.take_snapshot()).tokens:
        secret = {"first": "111111", "second": "222222"}[seen.label]
        ref = refer(seen, seen.certificates[0])
        assert (await tokens.make_request(ref, pin(secret), APPLICATION, quiet)).csr
    assert [t.pin_state for t in (await tokens.take_snapshot()).tokens] == [PinState.UNKNOWN] * 2
    first = next(seen for seen in (await tokens.take_snapshot()).tokens if seen.label == "first")
    pull(twins[0])
    before = len(frames)
    with pytest.raises(TokenError) as caught:
        await tokens.make_request(refer(first, first.certificates[0]), pin("111111"), APPLICATION, quiet)
    assert (caught.value.failure.reason, caught.value.failure.token_changed) == (Reason.TOKEN_SWAPPED, False)
    assert b"111111" not in frames[before:]


@pytest.mark.parametrize("typed", ["", "123", "1" * 256])
async def test_a_length_that_the_token_refuses_uses_no_try(tokens: Tokens, soft: SoftToken, typed: str) -> None:
    ref = await reference(tokens, soft.certificate_der)
    with pytest.raises(TokenError) as caught:
        await tokens.make_request(ref, pin(typed), APPLICATION, quiet)
    assert caught.value.failure.reason is Reason.PIN_LENGTH
    (token,) = (await tokens.take_snapshot()).tokens
    assert token.pin_state is PinState.UNKNOWN


async def test_nothing_shows_the_pin(
    tokens: Tokens, soft: SoftToken, frames: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ref = await reference(tokens, soft.certificate_der)
    secret = "73918264"
    with pytest.raises(TokenError) as caught:
        await tokens.make_request(ref, pin(secret), APPLICATION, quiet)
    holders = [frame for frame in frames if secret.encode() in frame]
    assert holders == [secret.encode()]
    decoded = [
        Load.decoded(frame) if frame.startswith(b"/") else protocol.decode_order(frame)  # which driver: a path
        for frame in frames
        if frame not in holders
    ]
    shown = f"{caught.value!r} {caught.value.failure!r} {decoded!r} {vars(tokens)!r} {Pin(secret.encode())!r}"
    assert secret not in shown
    assert secret not in caplog.text
