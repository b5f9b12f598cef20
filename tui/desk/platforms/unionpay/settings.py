"""What UnionPay gives a merchant, checked as a whole before anything is sent."""

from pathlib import Path
from typing import Annotated

import msgspec

from tui.desk.platforms.unionpay.codec import MerchantKey
from tui.desk.platforms.unionpay.trust import UnionPayTrust
from tui.desk.settings_reader import Address, FileBytes, Password, Seconds, SecretBytes, unusable_file
from tui.process.clock import utc_now

PRODUCTION = "https://gateway.95516.com/gateway/api"
FILES = "https://filedownload.95516.com/"
_NO_KEY = (
    "与 pfx_password_file 中的密码不符，或没有 RSA 私钥及其证书"
    " / is not opened by the password in pfx_password_file, or holds no RSA key with its certificate"
)
_NO_ROOT = "不是含根证书的 PEM 文件 / is no PEM bundle with a root certificate"
_MerId = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9]{15}\Z", description="must be 15 letters and digits")]


class UnionPaySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One UnionPay merchant."""

    mer_id: _MerId
    pfx: SecretBytes = msgspec.field(name="pfx_file")
    """The merchant's PKCS#12 file."""
    pfx_password: Password = msgspec.field(name="pfx_password_file")
    trust_bundle: FileBytes = msgspec.field(name="trust_bundle_file")
    """PEM: the middle and root certificates that issue UnionPay's signing certificates."""
    payee: str
    """The merchant's name as wallets show it."""
    gateway_url: Address = PRODUCTION
    """Up to and without the call."""
    file_url: Address = FILES
    """Where the reconciliation files are."""
    cancel_same_day: bool = True
    """Give money of the same day back by 消费撤销, as far as the contract has it."""
    closing_grace: float = 60.0
    """Seconds after payTimeout that the platform is given before "not paid" is believed to be final."""
    deadline: Seconds = 10.0
    """Seconds for one exchange."""
    ca_file: Path | None = None
    """PEM bundle to trust for TLS instead of the system's authorities."""

    def __post_init__(self) -> None:
        """Refuse keys that cannot work.

        :raises UnusableSetting: names the field.
        """
        try:
            MerchantKey(self.pfx, self.pfx_password)
        except ValueError as error:
            raise unusable_file(self, "pfx", _NO_KEY) from error
        try:
            UnionPayTrust(self.trust_bundle, utc_now)
        except ValueError as error:
            raise unusable_file(self, "trust_bundle", _NO_ROOT) from error
