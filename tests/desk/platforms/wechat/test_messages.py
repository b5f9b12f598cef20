"""WeChat Pay messages: signed as another's SDK signs them, believed and decrypted as it does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.harness.vectors import load
from tui.desk.crypto.rsa_keys import load_private, load_public, sign
from tui.desk.payments.gateway import AnswerNotGenuine
from tui.desk.platforms.wechat.messages import (
    ALGORITHM,
    NONCE,
    SERIAL,
    SIGNATURE,
    TIMESTAMP,
    MerchantKey,
    answer_text,
    decrypt,
    is_proved,
)
from tui.desk.platforms.wechat.trust import WechatTrust

KEYS, SDK = load("keys"), load("wechatpay_python_sdk")
PLATFORM = load_private(KEYS["alipay"]["private_pkcs8_pem"].encode())
KEY_ID = "PUB_KEY_ID_0119000001092026112800000000000001"
TRUST = WechatTrust(public_key=load_public(KEYS["alipay"]["public_spki_pem"].encode()), public_key_id=KEY_ID)
NOW = datetime.fromtimestamp(int(SDK["timestamp"]), UTC)


@pytest.mark.parametrize("vector", SDK["requests"], ids=lambda vector: vector["name"])
def test_requests_are_those_of_the_python_sdk(vector: dict[str, str]) -> None:
    key = MerchantKey(SDK["mchid"], SDK["serial_no"], load_private(KEYS["app"]["private_pkcs8_pem"].encode()))
    made = key.authorization(vector["method"], vector["path"], vector["body"].encode(), NOW, SDK["nonce"])
    assert made == vector["authorization"]


@pytest.mark.parametrize("vector", SDK["messages"], ids=lambda vector: f"{vector['name']}-{vector['genuine']}")
def test_messages_are_believed_as_the_python_sdk_believes_them(vector: dict[str, Any]) -> None:
    headers = {TIMESTAMP: vector["timestamp"], NONCE: vector["nonce"], SERIAL: KEY_ID, SIGNATURE: vector["signature"]}
    if vector["genuine"]:
        assert is_proved(vector["body"].encode(), headers, TRUST, NOW)
    else:
        with pytest.raises(AnswerNotGenuine, match="signature is wrong"):
            is_proved(vector["body"].encode(), headers, TRUST, NOW)


@pytest.mark.parametrize("vector", SDK["resources"], ids=["sealed", "no associated data", "another key"])
def test_resources_are_opened_as_the_python_sdk_opens_them(vector: dict[str, str | None]) -> None:
    parts = vector["nonce"] or "", vector["ciphertext"] or "", vector["associated_data"] or ""
    if plain := vector["plain"]:
        assert decrypt(ALGORITHM, SDK["api_v3_key"].encode(), *parts) == plain.encode()
    else:
        with pytest.raises(AnswerNotGenuine, match="cannot be decrypted"):
            decrypt(ALGORITHM, SDK["api_v3_key"].encode(), *parts)
    with pytest.raises(AnswerNotGenuine, match="unknown way"):
        decrypt("AEAD_SM4_GCM", SDK["api_v3_key"].encode(), *parts)


def signed(timestamp: str, serial: str = KEY_ID) -> dict[str, str]:
    return {
        TIMESTAMP: timestamp,
        NONCE: "n",
        SERIAL: serial,
        SIGNATURE: sign(PLATFORM, answer_text(timestamp, "n", b"{}")),
    }


@pytest.mark.parametrize(("seconds", "fresh"), [(300, True), (-300, True), (301, False), (-301, False)])
def test_five_minutes_is_the_age_of_a_message(seconds: int, fresh: bool) -> None:
    headers = signed(str(int((NOW + timedelta(seconds=seconds)).timestamp())))
    assert is_proved(b"{}", headers, TRUST, None), "a dispute may be older"
    if fresh:
        assert is_proved(b"{}", headers, TRUST, NOW)
    else:
        with pytest.raises(AnswerNotGenuine, match="another time"):
            is_proved(b"{}", headers, TRUST, NOW)


@pytest.mark.parametrize("timestamp", ["", "-1", "1e9", "９", "1" * 12])
def test_a_time_that_is_none_proves_nothing(timestamp: str) -> None:
    with pytest.raises(AnswerNotGenuine, match="no time"):
        is_proved(b"{}", signed(timestamp), TRUST, NOW)


@pytest.mark.parametrize("serial", ["", "PUB_KEY_ID_other", "5157F09EFDC096DE15EBE81A47057A7232F1B8E1", "\x1b[31m"])
def test_a_serial_that_is_not_ours_proves_nothing(serial: str) -> None:
    with pytest.raises(AnswerNotGenuine, match="unknown Wechatpay-Serial") as refused:
        is_proved(b"{}", signed(SDK["timestamp"], serial), TRUST, NOW)
    assert str(refused.value).isprintable()


def test_what_is_not_signed_is_not_proved() -> None:
    assert not is_proved(b"{}", {}, TRUST, NOW)
