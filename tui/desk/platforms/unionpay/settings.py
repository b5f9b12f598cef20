"""What UnionPay gives a merchant, checked as a whole before anything is sent."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tui.desk.platforms.common.units import utc_now
from tui.desk.platforms.common.unusable import UnusableSetting
from tui.desk.platforms.unionpay.codec import MerchantKey
from tui.desk.platforms.unionpay.trust import UnionPayTrust

PRODUCTION = "https://gateway.95516.com/gateway/api"
TEST = "https://gateway.test.95516.com/gateway/api"
FILES = "https://filedownload.95516.com/"
TEST_FILES = "https://filedownload.test.95516.com/"
_MER_ID = re.compile(r"[A-Za-z0-9]{15}")


@dataclass(frozen=True, slots=True)
class UnionPaySettings:
    """One UnionPay merchant."""

    mer_id: str
    """15 letters and digits."""
    pfx: bytes = field(repr=False)
    """The merchant's PKCS#12 file."""
    pfx_password: bytes = field(repr=False)
    trust_bundle: bytes = field(repr=False)
    """PEM: the middle and root certificates that issue UnionPay's signing certificates."""
    payee: str
    """The merchant's name as wallets show it."""
    gateway_url: str = PRODUCTION
    """Up to and without the call."""
    file_url: str = FILES
    """Where the reconciliation files are."""
    cancel_same_day: bool = True
    """Give money of the same day back by 消费撤销, as far as the contract has it."""
    closing_grace: timedelta = timedelta(minutes=1)
    """How long after payTimeout the platform is given before "not paid" is believed to be final."""
    deadline: float = 10.0
    """Seconds for one exchange."""
    ca_file: Path | None = None
    """PEM bundle to trust for TLS instead of the system's authorities."""

    def __post_init__(self) -> None:
        """Refuse what cannot work.

        :raises UnusableSetting: names the field.
        """
        if not _MER_ID.fullmatch(self.mer_id):
            raise UnusableSetting("mer_id", "must be 15 letters and digits")
        try:
            MerchantKey(self.pfx, self.pfx_password)
        except ValueError as error:
            raise UnusableSetting("pfx", "wrong password, or no RSA key with its certificate inside") from error
        try:
            UnionPayTrust(self.trust_bundle, utc_now)
        except ValueError as error:
            raise UnusableSetting("trust_bundle", "is no PEM bundle with a root certificate") from error
