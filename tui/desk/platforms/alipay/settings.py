"""What the merchant's console gives for one Alipay application, checked as a whole before anything is sent."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from tui.desk.crypto.rsa_keys import load_private
from tui.desk.platforms.alipay.trust import AlipayTrust, certificate_sn, load_certificate, root_sn, rsa_key
from tui.desk.settings_reader import Address, FileBytes, Seconds, SecretBytes, UnusableSetting

PRODUCTION = "https://openapi.alipay.com/gateway.do"
_CERTIFICATE_MODE = ("app_certificate", "alipay_certificate", "alipay_root_certificate")
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
    except (ValueError, TypeError) as error:
        raise UnusableSetting("app_private_key", "is no RSA private key without a password") from error
    if key.key_size < 2048:
        raise UnusableSetting("app_private_key", "must have 2048 bits or more")
    given = [name for name in _CERTIFICATE_MODE if getattr(settings, name)]
    if settings.alipay_public_key and given:
        raise UnusableSetting(given[0], "belongs to certificate mode, but an Alipay public key is given too")
    if not given:
        return AlipayIdentity(key, _trust(settings, "alipay_public_key", key), {})
    numbers = _certificate_numbers(settings, key)
    return AlipayIdentity(key, _trust(settings, "alipay_certificate", key), numbers)


def _certificate_numbers(settings: AlipaySettings, key: RSAPrivateKey) -> dict[str, str]:
    for name in _CERTIFICATE_MODE:
        if not getattr(settings, name):
            raise UnusableSetting(name, "is missing: certificate mode needs all three certificates")
    try:
        certificate = load_certificate(settings.app_certificate)
        own = rsa_key(certificate).public_numbers() == key.public_key().public_numbers()
    except ValueError as error:
        raise UnusableSetting("app_certificate", "is no certificate with an RSA key") from error
    if not own:
        raise UnusableSetting("app_certificate", "belongs to another key than the application's private key")
    try:
        root = root_sn(settings.alipay_root_certificate)
    except ValueError as error:
        raise UnusableSetting("alipay_root_certificate", str(error)) from error
    return {"app_cert_sn": certificate_sn(certificate), "alipay_root_cert_sn": root}


def _trust(settings: AlipaySettings, name: str, key: RSAPrivateKey) -> AlipayTrust:
    data: bytes = getattr(settings, name)
    if not data:
        raise UnusableSetting(name, "is missing, and so are the three certificates of certificate mode")
    try:
        trust = AlipayTrust.of(data)
    except ValueError as error:
        raise UnusableSetting(name, "holds no RSA key of Alipay") from error
    if (trust.cert_sn is None) != (name == "alipay_public_key"):
        raise UnusableSetting(name, "must be a public key in one mode and a certificate in the other")
    if trust.key.public_numbers() == key.public_key().public_numbers():
        raise UnusableSetting(name, "is the application's own, Alipay's is wanted")
    return trust
