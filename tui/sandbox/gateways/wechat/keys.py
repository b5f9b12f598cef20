"""Keys of the WeChat Pay stand-in, in the very forms that the real platform hands out."""

import secrets
import string
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tui.desk.platforms.wechat.settings import WechatSettings
from tui.desk.platforms.wechat.trust import PUBLIC_KEY_ID, serial_of
from tui.desk.settings_reader import FileBytes, Password, SecretBytes
from tui.sandbox.gateways.common.keys import PAYEE, issue, private_pem, toml_text, write

LETTERS = string.ascii_letters + string.digits


class WechatMerchant(msgspec.Struct, frozen=True):
    """Who the merchant is at WeChat Pay; ``merchant.json``."""

    appid: str
    mchid: str
    serial_no: str
    public_key_id: str
    payee: str


def make_keys(directory: Path) -> None:
    """Write a merchant, unless there is one.

    ``apiclient_key.pem`` and ``apiclient_public.pem`` are the merchant's, ``api_v3.key`` is shared, ``pub_key.pem`` and
    ``platform.key`` are WeChat Pay's, ``platform_cert.pem`` is a platform certificate of the same key.
    """
    if (directory / "merchant.json").exists():
        return
    directory.mkdir(parents=True, exist_ok=True)
    merchant, platform = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    mchid = "1900000109"
    certificate = issue(mchid, merchant, "Tenpay.com Root CA", platform)
    write(directory / "apiclient_key.pem", private_pem(merchant))
    write(directory / "platform.key", private_pem(platform))
    write(directory / "api_v3.key", "".join(secrets.choice(LETTERS) for _ in range(32)).encode())
    for name, key in (("apiclient_public", merchant), ("pub_key", platform)):
        pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (directory / f"{name}.pem").write_bytes(pem)
    own = issue("Tenpay.com sign", platform, "Tenpay.com Root CA", platform)
    (directory / "platform_cert.pem").write_bytes(own.public_bytes(Encoding.PEM))
    who = WechatMerchant(
        appid="wxd678efh567hg6787",
        mchid=mchid,
        serial_no=serial_of(certificate),
        public_key_id=f"{PUBLIC_KEY_ID}0119000001092026112800000000000001",
        payee=PAYEE,
    )
    (directory / "merchant.json").write_bytes(msgspec.json.encode(who))


def read_merchant(directory: Path) -> WechatMerchant:
    """Who `make_keys` has made."""
    return msgspec.json.decode((directory / "merchant.json").read_bytes(), type=WechatMerchant)


def wechat_settings(directory: Path, gateway_url: str, *, certificates: bool = False) -> WechatSettings:
    """What the desk needs to be this merchant at ``gateway_url``, with a public key or with platform certificates."""
    merchant = read_merchant(directory)
    return WechatSettings(
        appid=merchant.appid,
        mchid=merchant.mchid,
        serial_no=merchant.serial_no,
        private_key=SecretBytes((directory / "apiclient_key.pem").read_bytes()),
        api_v3_key=Password((directory / "api_v3.key").read_bytes()),
        public_key=FileBytes(b"" if certificates else (directory / "pub_key.pem").read_bytes()),
        public_key_id="" if certificates else merchant.public_key_id,
        platform_certificates=FileBytes((directory / "platform_cert.pem").read_bytes() if certificates else b""),
        payee=merchant.payee,
        gateway_url=gateway_url,
    )


def desk_table(directory: Path, port: int) -> str:
    """The desk's ``[payments.wechat]``; paths are relative to the folder above."""
    merchant = read_merchant(directory)
    return f"""\
[payments.wechat]
gateway_url = "https://127.0.0.1:{port}"
appid = {toml_text(merchant.appid)}
mchid = {toml_text(merchant.mchid)}
serial_no = {toml_text(merchant.serial_no)}
private_key_file = "wechat/apiclient_key.pem"
api_v3_key_file = "wechat/api_v3.key"
public_key_file = "wechat/pub_key.pem"
public_key_id = {toml_text(merchant.public_key_id)}
payee = {toml_text(merchant.payee)}
ca_file = "tls/ca.pem"
"""
