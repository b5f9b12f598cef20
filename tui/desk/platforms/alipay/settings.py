"""What the merchant's console gives for one Alipay application, checked as a whole before anything is sent."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from tui.desk.crypto.rsa_keys import key_of, load_private
from tui.desk.platforms.alipay.trust import AlipayTrust, certificate_sn, load_certificate, root_sn
from tui.desk.settings_reader import Address, FileBytes, Seconds, SecretBytes, UnusableSetting, unusable_file

PRODUCTION = "https://openapi.alipay.com/gateway.do"
_CERTIFICATE_MODE = ("app_certificate", "alipay_certificate", "alipay_root_certificate")
_BOTH_MODES = (
    "属于公钥证书模式，不能与 alipay_public_key_file 同时填写"
    " / belongs to certificate mode, but alipay_public_key_file is given too"
)
_ALL_THREE = "缺少，公钥证书模式需要全部三份证书 / is missing: certificate mode needs all three certificates"
_NO_MODE = "缺少或为空，公钥证书模式的三份证书也没有 / is missing or empty, and so are the three of certificate mode"
_NO_CERTIFICATE = "不是含 RSA 公钥的证书 / is no certificate with an RSA key"
_ANOTHERS = "不是应用私钥 app_private_key_file 的证书 / belongs to another key than app_private_key_file"
_CERTIFICATE = (
    "是证书，公钥模式应为支付宝公钥；公钥证书模式请改填 alipay_certificate_file"
    " / is a certificate: here must be Alipay's public key, or in certificate mode alipay_certificate_file"
)
_OWN = "是应用自己的，应从开放平台取支付宝的 / is the application's own: Alipay's from its console is wanted"
_Number = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{16}\Z", description="must be 16 digits")]


class AlipaySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One Alipay application of the merchant, in public-key mode (公钥) or in certificate mode (公钥证书)."""

    app_id: _Number
    app_private_key: SecretBytes = msgspec.field(name="app_private_key_file")
    """PEM or bare base64, PKCS#1 or PKCS#8, RSA of 2048 bits or more."""
    seller_id: _Number
    """The merchant's Alipay user number (2088…), compared with every notice."""
    payee: str
    """The merchant's name as wallets show it."""
    alipay_public_key: FileBytes = msgspec.field(default=FileBytes(), name="alipay_public_key_file")
    """Public-key mode: Alipay's key from the console, not the application's own public key."""
    app_certificate: FileBytes = msgspec.field(default=FileBytes(), name="app_certificate_file")
    """Certificate mode: appCertPublicKey_….crt."""
    alipay_certificate: FileBytes = msgspec.field(default=FileBytes(), name="alipay_certificate_file")
    """Certificate mode: alipayCertPublicKey_RSA2.crt; its first certificate signs, the rest are its issuers."""
    alipay_root_certificate: FileBytes = msgspec.field(default=FileBytes(), name="alipay_root_certificate_file")
    """Certificate mode: alipayRootCert.crt."""
    gateway_url: Address = PRODUCTION
    product_code: Annotated[str, msgspec.Meta(min_length=1, description="must not be empty")] = "QR_CODE_OFFLINE"
    """By contract: QR_CODE_OFFLINE (订单码支付) or FACE_TO_FACE_PAYMENT (当面付)."""
    store_id: str = ""
    """Letters and digits, left out when empty."""
    deadline: Seconds = 10.0
    """Seconds for one exchange."""
    ca_file: Path | None = None
    """PEM bundle to trust for TLS instead of the system's authorities."""

    def __post_init__(self) -> None:
        """Refuse keys that cannot work.

        :raises UnusableSetting: names the field.
        """
        identity_of(self)


@dataclass(frozen=True, slots=True)
class AlipayIdentity:
    """The keys of both sides, loaded."""

    key: RSAPrivateKey = field(repr=False)
    trust: AlipayTrust
    parameters: dict[str, str]
    """What certificate mode adds to every request: app_cert_sn, alipay_root_cert_sn."""


def identity_of(settings: AlipaySettings) -> AlipayIdentity:
    """Load the keys of one mode.

    :raises UnusableSetting: a key or certificate cannot be read or is another's, or both modes or none are given.
    """
    try:
        key = load_private(settings.app_private_key)
    except ValueError as error:
        raise unusable_file(settings, "app_private_key", error) from error
    given = [name for name in _CERTIFICATE_MODE if getattr(settings, name)]
    if settings.alipay_public_key and given:
        raise UnusableSetting(given[0], _BOTH_MODES)
    if not given:
        return AlipayIdentity(key, _trust(settings, "alipay_public_key", key), {})
    numbers = _certificate_numbers(settings, key)
    return AlipayIdentity(key, _trust(settings, "alipay_certificate", key), numbers)


def _certificate_numbers(settings: AlipaySettings, key: RSAPrivateKey) -> dict[str, str]:
    for name in _CERTIFICATE_MODE:
        if not getattr(settings, name):
            raise UnusableSetting(name, _ALL_THREE)
    try:
        certificate = load_certificate(settings.app_certificate)
        own = key_of(certificate).public_numbers() == key.public_key().public_numbers()
    except ValueError as error:
        raise unusable_file(settings, "app_certificate", _NO_CERTIFICATE) from error
    if not own:
        raise unusable_file(settings, "app_certificate", _ANOTHERS)
    try:
        root = root_sn(settings.alipay_root_certificate)
    except ValueError as error:
        raise unusable_file(settings, "alipay_root_certificate", error) from error
    return {"app_cert_sn": certificate_sn(certificate), "alipay_root_cert_sn": root}


def _trust(settings: AlipaySettings, name: str, key: RSAPrivateKey) -> AlipayTrust:
    data: bytes = getattr(settings, name)
    if not data:
        raise UnusableSetting(name, _NO_MODE)
    try:
        trust = AlipayTrust.of(data)
    except ValueError as error:
        raise unusable_file(settings, name, error) from error
    if trust.cert_sn is not None and name == "alipay_public_key":
        raise unusable_file(settings, name, _CERTIFICATE)
    if trust.cert_sn is None and name != "alipay_public_key":
        raise unusable_file(settings, name, _NO_CERTIFICATE)
    if trust.key.public_numbers() == key.public_key().public_numbers():
        raise unusable_file(settings, name, _OWN)
    return trust
