"""SMS, sent for real to a gateway on the loopback interface."""

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.harness.gateways.served import served
from tui.desk.notifications.message import NotDelivered
from tui.desk.notifications.sms import SmsGateway, SmsRequest, SmsSettings
from tui.desk.settings_reader import SecretBytes
from tui.sandbox.gateways.sms.gateway import sms_app

KEY = b"sms-demo-key"


@pytest.fixture
def sms(tmp_path: Path, tls: Path) -> Iterator[SmsSettings]:
    chain = tls / "both.pem"
    chain.write_bytes((tls / "server.key").read_bytes() + (tls / "server.pem").read_bytes())
    with served(sms_app(tmp_path / "sms", KEY), chain) as base:
        yield SmsSettings(url=f"{base}/send", key=SecretBytes(KEY + b"\n"), ca_file=tls / "ca.pem")


def test_an_sms_is_sent_once(sms: SmsSettings, tmp_path: Path) -> None:
    gateway = SmsGateway(sms)
    for _ in range(2):
        gateway.send("B1/invoice", "13800000000", "您的发票：https://…")
    (path,) = (tmp_path / "sms").iterdir()
    message = msgspec.json.decode(path.read_bytes(), type=SmsRequest)
    assert (message.mobile, message.text) == ("13800000000", "您的发票：https://…")
    gateway.close()


@pytest.mark.parametrize(
    ("key", "slow", "mobile"),
    [(b"wrong", 0, "13800000000"), (KEY, 3600, "13800000000"), (KEY, 0, "138")],
    ids=["wrong key", "wrong clock", "bad number"],
)
def test_the_gateway_refuses(sms: SmsSettings, tmp_path: Path, key: bytes, slow: int, mobile: str) -> None:
    gateway = SmsGateway(
        SmsSettings(url=sms.url, key=SecretBytes(key), ca_file=sms.ca_file), clock=lambda: time.time() - slow
    )
    with pytest.raises(NotDelivered) as failed:
        gateway.send("B1", mobile, "您好")
    assert failed.value.final is (mobile == "138")
    assert mobile not in str(failed.value)
    assert list((tmp_path / "sms").iterdir()) == []
    gateway.close()


def test_an_untrusted_gateway_gets_nothing(sms: SmsSettings) -> None:
    gateway = SmsGateway(SmsSettings(url=sms.url, key=SecretBytes(KEY)))
    with pytest.raises(NotDelivered, match="ConnectError"):
        gateway.send("B1", "13800000000", "您好")
    gateway.close()
