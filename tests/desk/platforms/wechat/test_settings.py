"""[payments.wechat]: what cannot work is refused at the start, by file and key."""

from pathlib import Path

import pytest

from tests.harness.desk.desk_file import FILE, write_desk_file
from tui.core.payment_method import PaymentMethod
from tui.desk.platforms.registry import PLATFORMS
from tui.desk.platforms.wechat.settings import PRODUCTION, trust_of
from tui.desk.settings import load
from tui.desk.settings_reader import SettingsError
from tui.sandbox.gateways.wechat.keys import desk_table

CERTIFICATES = 'platform_certificates_file = "wechat/platform_cert.pem"'
KEY = 'public_key_file = "wechat/pub_key.pem"'
ID = 'public_key_id = "'


@pytest.fixture
def desk_toml(tmp_path: Path, wechat_keys: Path) -> Path:
    """A desk.toml beside the merchant's keys."""
    (tmp_path / "wechat").symlink_to(wechat_keys)
    return write_desk_file(tmp_path)


def with_wechat(desk_toml: Path, keys: Path, *changes: tuple[str, str]) -> Path:
    table = desk_table(keys, 443).replace('ca_file = "tls/ca.pem"\n', "").replace("https://127.0.0.1:443", PRODUCTION)
    for before, after in changes:
        assert before in table
        table = table.replace(before, after)
    desk_toml.write_text(FILE + table, encoding="utf-8")
    return desk_toml


def test_a_public_key_or_certificates_or_both(desk_toml: Path, wechat_keys: Path) -> None:
    settings = load(with_wechat(desk_toml, wechat_keys)).payments.wechat
    assert (bool(trust_of(settings).public_key), len(trust_of(settings).certificates)) == (True, 0)
    both = load(with_wechat(desk_toml, wechat_keys, (KEY, f"{KEY}\n{CERTIFICATES}"))).payments.wechat
    assert (bool(trust_of(both).public_key), len(trust_of(both).certificates)) == (True, 1)
    assert "BEGIN" not in repr(both)
    assert (wechat_keys / "api_v3.key").read_text() not in repr(both)
    assert PLATFORMS[PaymentMethod.WECHAT].open(both).payee == both.payee


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('appid = "wx', 'appid = "', "appid must begin with wx"),
        ('mchid = "1900000109"', 'mchid = "19"', "mchid must be 8 to 32 digits"),
        ('serial_no = "', 'serial_no = "x', "serial_no must be a serial number"),
        ("wechat/api_v3.key", "wechat/apiclient_key.pem", "api_v3_key_file: {wechat}/apiclient_key.pem 应只有 32 字节"),
        ("wechat/apiclient_key.pem", "wechat/api_v3.key", "private_key_file: {wechat}/api_v3.key 读不出密钥"),
        (PRODUCTION, f"{PRODUCTION}/v3", "gateway_url: must be scheme and host only"),
        (PRODUCTION, "http://api.mch.weixin.qq.com", "gateway_url must begin with https"),
        (KEY, "", "public_key_file: 缺少，也没有平台证书"),
        (ID, f"{ID}x", "public_key_id: must be given with the public key"),
        ("pub_key.pem", "apiclient_public.pem", "public_key_file: {wechat}/apiclient_public.pem 应为微信支付公钥"),
        ("pub_key.pem", "platform_cert.pem", "public_key_file: {wechat}/platform_cert.pem 应为微信支付公钥"),
        ("pub_key.pem", "api_v3.key", "public_key_file: {wechat}/api_v3.key 读不出密钥"),
    ],
)
def test_what_cannot_work_is_refused(desk_toml: Path, wechat_keys: Path, before: str, after: str, said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(with_wechat(desk_toml, wechat_keys, (before, after)))
    told = said.format(wechat=desk_toml.parent / "wechat")
    assert str(refused.value).startswith(f"{desk_toml}: payments.wechat.{told}")
