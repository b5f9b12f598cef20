"""Keys and certificates of the Alipay stand-in, in the very forms that the real platform hands out."""

from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tui.desk.platforms.alipay.settings import AlipaySettings
from tui.desk.settings_reader import FileBytes, SecretBytes
from tui.sandbox.gateways.alipay.certificates import (
    ALIPAY_CERTIFICATE,
    APP_CERTIFICATE,
    ROOT_CERTIFICATES,
    make_alipay_certificates,
)
from tui.sandbox.gateways.common.keys import PAYEE, private_pem, toml_text, write


class AlipayMerchant(msgspec.Struct, frozen=True):
    """Who the merchant is at Alipay; ``merchant.json``."""

    app_id: str
    seller_id: str
    payee: str


def make_alipay_keys(directory: Path) -> None:
    """Write an application, as far as it is not there yet, for both modes.

    Public-key mode: ``app_private.pem``/``app_public.pem``, ``alipay_*.pem`` and ``merchant.json``; certificate mode:
    the files of ``certificates`` besides.
    """
    directory.mkdir(parents=True, exist_ok=True)
    merchant = AlipayMerchant("9021000100000001", "2088000100000001", PAYEE)
    if not (directory / "merchant.json").exists():
        for owner in ("app", "alipay"):
            key = rsa.generate_private_key(65537, 2048)
            write(directory / f"{owner}_private.pem", private_pem(key))
            public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            (directory / f"{owner}_public.pem").write_bytes(public)
        (directory / "merchant.json").write_bytes(msgspec.json.encode(merchant))
    if not (directory / ROOT_CERTIFICATES).exists():
        make_alipay_certificates(directory, merchant.app_id)


def alipay_settings(directory: Path, gateway_url: str, *, certificates: bool = False) -> AlipaySettings:
    """What the desk needs to be this merchant at ``gateway_url`` (``…/gateway.do``), in either mode."""
    merchant = msgspec.json.decode((directory / "merchant.json").read_bytes(), type=AlipayMerchant)

    def read(name: str, wanted: bool = True) -> FileBytes:
        return FileBytes((directory / name).read_bytes() if wanted else b"")

    return AlipaySettings(
        gateway_url=gateway_url,
        app_id=merchant.app_id,
        app_private_key=SecretBytes(read("app_private.pem")),
        alipay_public_key=read("alipay_public.pem", not certificates),
        app_certificate=read(APP_CERTIFICATE, certificates),
        alipay_certificate=read(ALIPAY_CERTIFICATE, certificates),
        alipay_root_certificate=read(ROOT_CERTIFICATES, certificates),
        seller_id=merchant.seller_id,
        payee=merchant.payee,
    )


def desk_table(directory: Path, port: int) -> str:
    """The desk's ``[payments.alipay]``; paths are relative to the folder above."""
    alipay = msgspec.json.decode((directory / "merchant.json").read_bytes(), type=AlipayMerchant)
    return f"""\
[payments.alipay]
gateway_url = "https://127.0.0.1:{port}/gateway.do"
app_id = {toml_text(alipay.app_id)}
app_private_key_file = "alipay/app_private.pem"
alipay_public_key_file = "alipay/alipay_public.pem"
seller_id = {toml_text(alipay.seller_id)}
payee = {toml_text(alipay.payee)}
ca_file = "tls/ca.pem"
"""
