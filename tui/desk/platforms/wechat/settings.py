"""What WeChat Pay gives a merchant, checked as a whole before anything is sent."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from tui.desk.crypto.rsa_keys import load_private
from tui.desk.platforms.wechat.messages import MerchantKey
from tui.desk.platforms.wechat.trust import PUBLIC_KEY_ID, WechatTrust
from tui.desk.settings_reader import Address, FileBytes, Password, Seconds, SecretBytes, UnusableSetting, unusable_file

PRODUCTION = "https://api.mch.weixin.qq.com"
_AppId = Annotated[str, msgspec.Meta(pattern=r"\Awx[0-9A-Za-z]+\Z", description="must begin with wx")]
_MchId = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{8,32}\Z", description="must be 8 to 32 digits")]
_Serial = Annotated[
    str, msgspec.Meta(pattern=r"\A[0-9A-Fa-f]{16,40}\Z", description="must be a serial number in hexadecimal")
]
_AES_256 = 32
_NOT_32 = "应只有 32 字节的 APIv3 密钥 / must hold the APIv3 key of 32 bytes and nothing else"
_NOT_THEIRS = (
    "应为微信支付公钥，不是商户公钥，也不是证书 / must be WeChat Pay's public key, not the merchant's, no certificate"
)
_NO_TRUST = "缺少，也没有平台证书 / is missing, and so are platform certificates"


class WechatSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One WeChat Pay merchant (直连商户) with Native payment."""

    appid: _AppId
    """The application that the merchant number is bound to."""
    mchid: _MchId
    serial_no: _Serial
    """Of the merchant's API certificate."""
    private_key: SecretBytes = msgspec.field(name="private_key_file")
    """apiclient_key.pem."""
    api_v3_key: Password = msgspec.field(name="api_v3_key_file")
    """The APIv3 key, 32 letters and digits: decrypts notices."""
    payee: str
    """The merchant's name as wallets show it."""
    public_key: FileBytes = msgspec.field(default=FileBytes(), name="public_key_file")
    """WeChat Pay's public key, pub_key.pem."""
    public_key_id: str = ""
    """Its id, ``PUB_KEY_ID_…``."""
    platform_certificates: FileBytes = msgspec.field(default=FileBytes(), name="platform_certificates_file")
    """PEM: platform certificates, for a merchant who still has these; both while changing over."""
    gateway_url: Address = PRODUCTION
    """Scheme and host."""
    deadline: Seconds = 10.0
    """Seconds for one exchange."""
    ca_file: Path | None = None
    """PEM bundle to trust for TLS instead of the system's authorities."""

    def __post_init__(self) -> None:
        """Refuse keys that cannot work.

        :raises UnusableSetting: names the field.
        """
        if len(self.api_v3_key) != _AES_256:
            raise unusable_file(self, "api_v3_key", _NOT_32)
        if urlsplit(self.gateway_url).path.strip("/"):
            raise UnusableSetting("gateway_url", "must be scheme and host only: the path is signed")
        merchant_key(self)
        trust_of(self)


def merchant_key(settings: WechatSettings) -> MerchantKey:
    """Load the merchant's key.

    :raises UnusableSetting: it cannot be read.
    """
    try:
        key = load_private(settings.private_key)
    except ValueError as error:
        raise unusable_file(settings, "private_key", error) from error
    return MerchantKey(settings.mchid, settings.serial_no.upper(), key)


def trust_of(settings: WechatSettings) -> WechatTrust:
    """Load WeChat Pay's public key, its certificates, or both.

    :raises UnusableSetting: none is given, one cannot be read, or the key is the merchant's own.
    """
    trust = WechatTrust()
    if settings.public_key:
        if not settings.public_key_id.startswith(PUBLIC_KEY_ID):
            raise UnusableSetting("public_key_id", f"must be given with the public key, {PUBLIC_KEY_ID}…")
        trust = _loaded(settings, "public_key", settings.public_key_id)
        own = merchant_key(settings).key.public_key().public_numbers()
        if trust.public_key is None or trust.public_key.public_numbers() == own:
            raise unusable_file(settings, "public_key", _NOT_THEIRS)
    if settings.platform_certificates:
        trust = trust.joined(_loaded(settings, "platform_certificates"))
    if not settings.public_key and not trust.certificates:
        raise UnusableSetting("public_key", _NO_TRUST)
    return trust


def _loaded(settings: WechatSettings, name: str, public_key_id: str = "") -> WechatTrust:
    try:
        return WechatTrust.of(getattr(settings, name), public_key_id)
    except ValueError as error:
        raise unusable_file(settings, name, error) from error
