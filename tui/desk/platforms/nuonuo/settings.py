"""The [invoices] table: the seller's application at the tax platform."""

from decimal import Decimal
from pathlib import Path

import msgspec

from tui.desk.invoices.tax_platform import Seller
from tui.desk.settings_reader import Password


class TaxPlatformSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The seller's application at the tax platform."""

    url: str
    """Service address: https://sdk.nuonuo.com/open/v1/services"""
    token_url: str
    """Where access tokens are fetched: https://open.nuonuo.com/accessToken"""
    app_key: str
    app_secret: Password = msgspec.field(name="app_secret_file")
    seller_tax_number: str
    tax_code: str
    """税收分类编码 of the service sold, 19 digits."""
    token_cache: Path
    """File that keeps the access token, one for all desks that use this application."""
    seller_name: str = ""
    seller_phone: str = ""
    seller_address: str = ""
    clerk: str = "系统"
    """开票员."""
    tax_percent: int = 6
    file_hosts: tuple[str, ...] = ()
    """Hosts (with the port where it is not 443) that invoice files may be fetched from; none: the mail brings links."""
    ca_file: Path | None = None
    """PEM bundle to trust instead of the system's authorities."""
    deadline: float = 15.0
    """Seconds for one exchange."""

    @property
    def seller(self) -> Seller:
        """The seller as an order names it."""
        return Seller(self.seller_tax_number, self.seller_phone, self.seller_address, self.seller_name)

    @property
    def tax_rate(self) -> Decimal:
        """`tax_percent` as a rate."""
        return Decimal(self.tax_percent) / 100
