"""Keys and certificates of the UnionPay stand-in, in the very forms that the real platform hands out."""

from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, KeySerializationEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import PBES, serialize_key_and_certificates

from tui.desk.platforms.unionpay.settings import UnionPaySettings
from tui.desk.platforms.unionpay.trust import SIGNER
from tui.desk.settings_reader import FileBytes, Password, SecretBytes
from tui.sandbox.gateways.common.keys import PAYEE, issue, private_pem, toml_text, write

PFX_PASSWORD = b"000000"
"""The password of every .pfx UnionPay hands out for its test environment."""
PFX_ROUNDS = 2048
"""Of key derivation, as OpenSSL writes them: the password is known to all, and every start opens the file."""
PLATFORM_NAME = f"041@8310000000083040@{SIGNER}@00016495"
"""The common name of the certificate that UnionPay signs with."""


class UnionPayMerchant(msgspec.Struct, frozen=True):
    """Who the merchant is at UnionPay; ``merchant.json``."""

    mer_id: str
    payee: str


def make_unionpay_keys(directory: Path) -> None:
    """Write a merchant, unless there is one.

    ``merchant.pfx``/``.pem``, ``pfx.password``, ``platform.pem``/``.key``, ``bundle.pem``, ``merchant.json``.
    """
    directory.mkdir(parents=True, exist_ok=True)
    if not (directory / "pfx.password").exists():
        write(directory / "pfx.password", PFX_PASSWORD)
    if (directory / "merchant.json").exists():
        return
    mer_id = "777290058110048"
    keys = {name: rsa.generate_private_key(65537, 2048) for name in ("root", "middle", "platform", "merchant")}
    root = issue("Kiosk Sandbox Root CA", keys["root"], "Kiosk Sandbox Root CA", keys["root"])
    middle = issue("Kiosk Sandbox OCA1", keys["middle"], "Kiosk Sandbox Root CA", keys["root"])
    platform = issue(PLATFORM_NAME, keys["platform"], "Kiosk Sandbox OCA1", keys["middle"])
    merchant_name = f"041@Z2026-11@{mer_id}:SIGN@00000001"
    merchant = issue(merchant_name, keys["merchant"], "Kiosk Sandbox OCA1", keys["middle"])

    write(directory / "middle.key", private_pem(keys["middle"]))
    write(directory / "platform.key", private_pem(keys["platform"]))
    pfx = serialize_key_and_certificates(b"merchant", keys["merchant"], merchant, None, _pfx_encryption())
    write(directory / "merchant.pfx", pfx)
    (directory / "merchant.pem").write_bytes(merchant.public_bytes(Encoding.PEM))
    (directory / "platform.pem").write_bytes(platform.public_bytes(Encoding.PEM))
    (directory / "bundle.pem").write_bytes(middle.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM))
    (directory / "merchant.json").write_bytes(msgspec.json.encode(UnionPayMerchant(mer_id, PAYEE)))


def unionpay_settings(directory: Path, gateway_url: str) -> UnionPaySettings:
    """What the desk needs to be this merchant at ``gateway_url`` (``…/gateway/api``)."""
    merchant = msgspec.json.decode((directory / "merchant.json").read_bytes(), type=UnionPayMerchant)
    return UnionPaySettings(
        gateway_url=gateway_url,
        file_url=gateway_url.removesuffix("gateway/api"),
        mer_id=merchant.mer_id,
        pfx=SecretBytes((directory / "merchant.pfx").read_bytes()),
        pfx_password=Password(PFX_PASSWORD),
        trust_bundle=FileBytes((directory / "bundle.pem").read_bytes()),
        payee=merchant.payee,
    )


def desk_table(directory: Path, port: int) -> str:
    """The desk's ``[payments.unionpay]``; paths are relative to the folder above."""
    unionpay = msgspec.json.decode((directory / "merchant.json").read_bytes(), type=UnionPayMerchant)
    return f"""\
[payments.unionpay]
gateway_url = "https://127.0.0.1:{port}/gateway/api"
file_url = "https://127.0.0.1:{port}/"
mer_id = {toml_text(unionpay.mer_id)}
pfx_file = "unionpay/merchant.pfx"
pfx_password_file = "unionpay/pfx.password"
trust_bundle_file = "unionpay/bundle.pem"
payee = {toml_text(unionpay.payee)}
ca_file = "tls/ca.pem"
"""


def _pfx_encryption() -> KeySerializationEncryption:
    return (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(PFX_ROUNDS)
        .key_cert_algorithm(PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(SHA256())
        .build(PFX_PASSWORD)
    )
