"""[payments.alipay] in both modes: what cannot work is refused at the start, by file and key."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.harness.desk.desk_file import FILE, write_desk_file
from tui.desk.platforms.alipay.settings import PRODUCTION, identity_of
from tui.desk.settings import load
from tui.desk.settings_reader import SettingsError
from tui.sandbox.gateways.alipay.keys import make_alipay_keys

HEAD = """
[payments.alipay]
app_id = "2021000000000000"
app_private_key_file = "alipay/app_private.pem"
seller_id = "2088000000000000"
payee = "网证通"
"""
KEY_MODE = 'alipay_public_key_file = "alipay/alipay_public.pem"\n'
APP = 'app_certificate_file = "alipay/appCertPublicKey.crt"\n'
ALIPAY = 'alipay_certificate_file = "alipay/alipayCertPublicKey_RSA2.crt"\n'
ROOT = 'alipay_root_certificate_file = "alipay/alipayRootCert.crt"\n'
CERTIFICATE_MODE = APP + ALIPAY + ROOT


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An application for both modes, and a key that is too short."""
    directory = tmp_path_factory.mktemp("keys")
    make_alipay_keys(directory)
    short = rsa.generate_private_key(65537, 1024)  # noqa: S505
    pem = short.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (directory / "short.pem").write_bytes(pem)
    for name in ("short.pem", "app_public.pem"):  # where a private key belongs, nothing else is wrong with them
        (directory / name).chmod(0o600)
    (directory / "empty").write_bytes(b"")
    return directory


@pytest.fixture
def desk_toml(tmp_path: Path, keys: Path) -> Path:
    """A desk.toml beside the application's keys."""
    (tmp_path / "alipay").symlink_to(keys)
    return write_desk_file(tmp_path)


def with_alipay(desk_toml: Path, text: str) -> Path:
    desk_toml.write_text(FILE + text, encoding="utf-8")
    return desk_toml


def test_public_key_mode_adds_nothing_to_requests(desk_toml: Path) -> None:
    settings = load(with_alipay(desk_toml, HEAD + KEY_MODE)).payments.alipay
    assert settings
    assert (settings.gateway_url, settings.product_code) == (PRODUCTION, "QR_CODE_OFFLINE")
    assert (identity_of(settings).parameters, identity_of(settings).trust.cert_sn) == ({}, None)


def test_certificate_mode_names_both_certificates(desk_toml: Path) -> None:
    settings = load(with_alipay(desk_toml, HEAD + CERTIFICATE_MODE)).payments.alipay
    assert settings
    assert sorted(identity_of(settings).parameters) == ["alipay_root_cert_sn", "app_cert_sn"]
    assert identity_of(settings).trust.cert_sn


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD, "alipay_public_key_file: 缺少或为空"),
        (HEAD + KEY_MODE + APP, "app_certificate_file: 属于公钥证书模式"),
        (HEAD + KEY_MODE + CERTIFICATE_MODE, "app_certificate_file: 属于公钥证书模式"),
        (HEAD + KEY_MODE + ROOT, "alipay_root_certificate_file: 属于公钥证书模式"),
        (HEAD + APP + ALIPAY, "alipay_root_certificate_file: 缺少"),
        (HEAD + APP + ROOT, "alipay_certificate_file: 缺少"),
        (HEAD + ALIPAY + ROOT, "app_certificate_file: 缺少"),
        (HEAD + KEY_MODE.replace("alipay_public.pem", "empty"), "alipay_public_key_file: 缺少或为空"),
        (
            HEAD + KEY_MODE.replace("alipay_public.pem", "alipay_private.pem"),
            "alipay_public_key_file: {alipay}/alipay_private.pem 是私钥",
        ),
        (
            HEAD + KEY_MODE.replace("alipay_public.pem", "alipayCertPublicKey_RSA2.crt"),
            "alipay_public_key_file: {alipay}/alipayCertPublicKey_RSA2.crt 是证书",
        ),
        (
            HEAD + KEY_MODE.replace("alipay_public.pem", "app_public.pem"),
            "alipay_public_key_file: {alipay}/app_public.pem 是应用自己的",
        ),
        (
            HEAD.replace("app_private.pem", "app_public.pem") + KEY_MODE,
            "app_private_key_file: {alipay}/app_public.pem 是公钥",
        ),
        (
            HEAD.replace("app_private.pem", "short.pem") + KEY_MODE,
            "app_private_key_file: {alipay}/short.pem 只有 1024 位",
        ),
        (HEAD.replace("2021000000000000", "2021") + KEY_MODE, "app_id must be 16 digits"),
        (HEAD.replace("2088000000000000", "shop") + KEY_MODE, "seller_id must be 16 digits"),
        (HEAD + KEY_MODE + 'product_code = ""', "product_code must not be empty"),
        (HEAD + KEY_MODE + 'gateway_url = "http://openapi.alipay.com/gateway.do"', "gateway_url must begin with https"),
        (HEAD + KEY_MODE + 'gateway_url = "http://127.0.0.1.example.com/"', "gateway_url must begin with https"),
        (
            HEAD + CERTIFICATE_MODE.replace("appCertPublicKey.crt", "alipayCertPublicKey_RSA2.crt"),
            "app_certificate_file: {alipay}/alipayCertPublicKey_RSA2.crt 不是应用私钥",
        ),
        (
            HEAD + CERTIFICATE_MODE.replace("appCertPublicKey.crt", "app_public.pem"),
            "app_certificate_file: {alipay}/app_public.pem 不是含 RSA 公钥的证书",
        ),
        (
            HEAD + CERTIFICATE_MODE.replace("alipayCertPublicKey_RSA2.crt", "appCertPublicKey.crt"),
            "alipay_certificate_file: {alipay}/appCertPublicKey.crt 是应用自己的",
        ),
        (
            HEAD + CERTIFICATE_MODE.replace("alipayCertPublicKey_RSA2.crt", "alipay_public.pem"),
            "alipay_certificate_file: {alipay}/alipay_public.pem 不是含 RSA 公钥的证书",
        ),
        (
            HEAD + CERTIFICATE_MODE.replace("alipayRootCert.crt", "app_public.pem"),
            "alipay_root_certificate_file: {alipay}/app_public.pem 没有 RSA 根证书",
        ),
    ],
)
def test_wrong_and_mixed_settings_are_refused_by_file_and_key(desk_toml: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(with_alipay(desk_toml, text))
    told = said.format(alipay=desk_toml.parent / "alipay")
    assert str(refused.value).startswith(f"{desk_toml}: payments.alipay.{told}")
