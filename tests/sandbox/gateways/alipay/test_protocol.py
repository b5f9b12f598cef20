"""The protocol of the Alipay stand-in: who is let in, and what each answer means to the adapter."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from msgspec import structs

from tests.harness.gateways import plain
from tests.harness.gateways.served import Clock, Merchant, attempt, served
from tui.desk.crypto.rsa_keys import load_private
from tui.desk.payments.gateway import (
    AnswerNotGenuine,
    Ended,
    GatewayMisconfigured,
    GatewayRefused,
)
from tui.desk.platforms.alipay.codec import dump_biz, open_answer, sign_request
from tui.desk.platforms.alipay.gateway import Alipay
from tui.desk.platforms.alipay.trust import AlipayTrust
from tui.desk.platforms.common.units import DASHED, to_beijing
from tui.sandbox.gateways.alipay.gateway import AlipaySandbox
from tui.sandbox.gateways.alipay.keys import alipay_settings
from tui.sandbox.gateways.alipay.speaker import AlipaySpeaker


@pytest.fixture
def base(alipay_directory: Path, clock: Clock) -> Iterator[str]:
    """The address of an Alipay."""
    with served(AlipaySandbox(alipay_directory, clock=clock)) as address:
        yield address


def another_pair() -> tuple[bytes, bytes]:
    key = rsa.generate_private_key(65537, 2048)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), public


def test_wrong_keys_and_names_are_refused_as_the_real_platform_does(
    base: str, alipay_directory: Path, clock: Clock
) -> None:
    good = alipay_settings(alipay_directory, f"{base}/gateway.do")
    private, public = another_pair()
    for settings, code in (
        (structs.replace(good, app_private_key=private), "isv.invalid-signature"),
        (structs.replace(good, app_id="2021000000000000", app_private_key=private), "isv.invalid-app-id"),
    ):
        with pytest.raises(GatewayMisconfigured) as caught:
            Alipay(settings, clock).query(attempt(clock))
        assert caught.value.code == code
    with pytest.raises(AnswerNotGenuine, match="signature"):
        Alipay(structs.replace(good, alipay_public_key=public), clock).query(attempt(clock))


def test_other_sdks_ways_of_sending_are_understood(base: str, alipay_directory: Path, clock: Clock) -> None:
    settings = alipay_settings(alipay_directory, "")
    params = {
        "app_id": settings.app_id,
        "method": "alipay.trade.query",
        "charset": "utf-8",
        "sign_type": "RSA2",
        "timestamp": to_beijing(clock.now, DASHED),
        "version": "1.0",
        "biz_content": dump_biz({"out_trade_no": "K1"}),
    }
    request = sign_request(params, load_private(settings.app_private_key))
    everything = {name: values[0] for name, values in parse_qs(f"{request.query}&{request.body}").items()}
    port = int(base.rpartition(":")[2])
    absolute = httpx.Request("POST", f"{base}/gateway.do", data=everything)
    absolute.extensions["target"] = f"http://127.0.0.1:{port}/gateway.do".encode()
    with plain.client() as client:
        answers = [
            client.get(f"{base}/gateway.do", params=everything),
            client.post(f"{base}/gateway.do", data=everything),
            client.send(absolute),
        ]
    for answer in answers:
        assert answer.headers["content-type"] == "text/html;charset=utf-8"
        with pytest.raises(GatewayRefused, match="TRADE_NOT_EXIST"):
            open_answer(answer.content, "alipay.trade.query", AlipayTrust.of(settings.alipay_public_key))


@pytest.mark.parametrize(
    ("change", "sub_code"),
    [
        ({"method": "alipay.trade.pay"}, "isv.invalid-method"),
        ({"charset": "latin-1"}, "isv.invalid-charset"),
        ({"sign_type": "RSA"}, "isv.invalid-signature-type"),
        ({"timestamp": "today"}, "isv.invalid-timestamp"),
    ],
)
def test_a_request_the_gateway_cannot_read_is_refused_unsigned(
    base: str, alipay_directory: Path, change: dict[str, str], sub_code: str
) -> None:
    settings = alipay_settings(alipay_directory, "")
    params = {
        "app_id": settings.app_id,
        "method": "alipay.trade.query",
        "charset": "utf-8",
        "sign_type": "RSA2",
        "timestamp": "2026-11-22 12:00:00",
        "version": "1.0",
        "biz_content": "{}",
    }
    request = sign_request(params | change, load_private(settings.app_private_key))
    answer = plain.post(f"{base}/gateway.do?{request.query}&{request.body}").json()
    assert next(iter(answer.values()))["sub_code"] == sub_code
    assert "sign" not in answer


@pytest.mark.parametrize(
    ("node", "ended"),
    [
        ({"retry_flag": "Y"}, Ended.UNKNOWN),
        ({"retry_flag": "N", "action": "close"}, Ended.CLOSED),
        ({"retry_flag": "N", "action": "refund"}, Ended.PAID_REFUNDED),
        ({"retry_flag": "N"}, Ended.CLOSED),
    ],
)
def test_every_answer_to_cancel_has_its_meaning(
    alipay_directory: Path, clock: Clock, node: dict[str, str], ended: Ended
) -> None:
    speaker, asked = AlipaySpeaker(alipay_directory), attempt(clock)
    missing = {"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"}
    told = {"code": "10000", "out_trade_no": asked.number} | node
    replies = [speaker.answer("alipay.trade.query", missing).body, speaker.answer("alipay.trade.cancel", told).body]
    with served(Merchant(replies=replies)) as base:
        assert Alipay(alipay_settings(alipay_directory, base), clock).end(asked) is ended
