"""Text on tokens that is no UTF-8, or cut off: shown as what was meant, written back as it was."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness.token.support import APPLICATION, issued, pin, quiet, reference, requested
from tests.harness.token.unruly import Serving
from tests.rig.simulator import Is, Simulator
from tests.rig.softhsm import TestCa, init_token, issue, make_key, put_certificate, put_key, subject
from tui.core.certificate import PinState
from tui.core.policy import KeyPolicy
from tui.token.host.written import text_of

LONG = "测试供应商有限公司甲乙丙"
GBK = "用户证书".encode("gb18030")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("测试供应商".encode().ljust(32), "测试供应商"),
        ("测试供应商".encode("gb18030").ljust(32), "测试供应商"),
        (GBK + bytes(24), "用户证书"),
        (LONG.encode()[:32], "测试供应商有限公司甲"),
        (b"A" + (LONG * 2).encode("gb18030")[:31], "A" + LONG + "测试供"),
        (b"A" * 31 + "测".encode()[:1], "A" * 31),
        (b"A" * 30 + "测".encode()[:2], "A" * 30),
        (b"A" * 31 + "测".encode("gb18030")[:1], "A" * 31),
        ("测试供应".encode() + b"\xef\xbf...", "测试供应..."),
        ("联通".encode("gb18030"), "联通"),
        ("涓".encode("gb18030"), "涓"),
        ("𠀀字".encode("gb18030"), "𠀀字"),
        ("企业（1）".encode("gb18030"), "企业（1）"),
        (b"CA \xff\xfe 1", "CA  1"),
        (b"\x80\x81", ""),
        (b"", ""),
    ],
)
def test_a_label_is_read_in_the_encoding_that_was_meant(raw: bytes, text: str) -> None:
    assert text_of(raw) == text


def kept(raw: bytes) -> str:
    """How Python carries bytes that are no text."""
    return raw.decode(errors="surrogateescape")


@pytest.mark.parametrize("raw", [GBK.ljust(32), ("A" + LONG).encode()[:32]], ids=["GBK", "cut off"])
async def test_a_token_is_known_by_its_label_whatever_the_encoding(
    simulator: Simulator, serving: Serving, raw: bytes
) -> None:
    simulator.rule(Is.LABEL, text=kept(raw.rstrip()))
    tokens = serving(simulator)
    (token,) = (await tokens.take_snapshot()).tokens
    assert token.label == text_of(raw)
    assert (await requested(tokens, simulator)).csr


async def test_a_label_that_came_from_the_token_goes_back_byte_by_byte(
    tmp_path: Path, ca: TestCa, serving: Serving
) -> None:
    soft, key = init_token(tmp_path / "token"), make_key("ec256")
    put_key(soft, key, key_id="01", label="key")
    old = issue(ca, subject("某某"), key.public_key())
    put_certificate(soft, old, key_id="01", label=kept(GBK))
    soft = replace(soft, certificate_der=old)
    tokens = serving(soft)
    (certificate,) = (await tokens.take_snapshot()).tokens[0].certificates
    assert certificate.label == "用户证书"
    keep = replace(APPLICATION, key_policy=KeyPolicy.KEEP)
    ready = issued(await requested(tokens, soft, application=keep), ca, old, keep)
    await tokens.install(await reference(tokens, old), pin(), ready, quiet)
    labels = [line for line in soft.objects().splitlines() if line.strip().startswith("label:")]
    assert sum(GBK.decode(errors="backslashreplace") in label for label in labels) == 2


@pytest.mark.parametrize("also", [(), (Is.NO_USER_PIN,)])
async def test_a_token_that_works_without_the_flag_is_used(
    simulator: Simulator, serving: Serving, also: tuple[Is, ...]
) -> None:
    for what in (Is.UNINITIALISED, *also):
        simulator.rule(what)
    tokens = serving(simulator)
    (token,) = (await tokens.take_snapshot()).tokens
    assert [c.der for c in token.certificates] == [simulator.certificate_der]
    assert (await requested(tokens, simulator)).csr


async def test_a_blank_token_is_still_none(tmp_path: Path, simulator: Simulator, serving: Serving) -> None:
    simulator.soft.run(
        *("pkcs11-tool", "--module", str(simulator.soft.module), "--token-label", simulator.label),
        *("--login", "--pin", simulator.pin, "--delete-object", "--type", "cert", "--id", "01"),
    )
    simulator.soft.run(
        *("pkcs11-tool", "--module", str(simulator.soft.module), "--token-label", simulator.label),
        *("--login", "--pin", simulator.pin, "--delete-object", "--type", "pubkey", "--id", "01"),
    )
    simulator.rule(Is.UNINITIALISED)
    hidden = simulator.rule(Is.NO_USER_PIN)
    assert (await serving(simulator).take_snapshot()).tokens == ()
    simulator.lift(hidden)
    (token,) = (await serving(simulator).take_snapshot()).tokens
    assert (token.hides, token.pin_state) == (True, PinState.UNKNOWN)


async def test_a_pin_that_must_be_changed_is_seen_with_the_token(simulator: Simulator, serving: Serving) -> None:
    (token,) = (await serving(simulator).take_snapshot()).tokens
    assert not token.pin_to_be_changed
    simulator.rule(Is.PIN_TO_BE_CHANGED)
    (token,) = (await serving(simulator).take_snapshot()).tokens
    assert token.pin_to_be_changed
