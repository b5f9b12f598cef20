"""The [invoices] table: the seller's application at the tax platform."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from tui.core.form.invoices import check_tax_number
from tui.desk.invoices.tax_platform import Seller
from tui.desk.settings_reader import Address, Password, Seconds, UnusableSetting

_TaxCode = Annotated[str, Meta(pattern=r"\A[0-9]{19}\Z", description="must be 19 digits")]
_Percent = Annotated[int, Meta(ge=0, le=100, description="must be 0 to 100")]


class TaxPlatformSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The seller's application at the tax platform."""

    url: Address
    """Service address: https://sdk.nuonuo.com/open/v1/services"""
    token_url: Address
    """Where access tokens are fetched: https://open.nuonuo.com/accessToken"""
    app_key: str
    app_secret: Password = msgspec.field(name="app_secret_file")
    seller_tax_number: str
    tax_code: _TaxCode
    """税收分类编码 of the service sold, 19 digits."""
    token_cache: Path
    """File that keeps the access token, one for all desks that use this application."""
    seller_name: str = ""
    seller_phone: str = ""
    seller_address: str = ""
    clerk: str = "系统"
    """开票员."""
    tax_percent: _Percent = 6
    file_hosts: tuple[str, ...] = ()
    """Hosts (with the port where it is not 443) that invoice files may be fetched from; none: the mail brings links."""
    ca_file: Path | None = None
    """PEM bundle to trust instead of the system's authorities."""
    deadline: Seconds = 15.0
    """Seconds for one exchange."""

    def __post_init__(self) -> None:
        """Refuse a seller whose number is none.

        :raises UnusableSetting: names the field.
        """
        if check_tax_number(self.seller_tax_number) is not None:
            raise UnusableSetting("seller_tax_number", "must be a tax number with a right check character")

    @property
    def seller(self) -> Seller:
        """The seller as an order names it."""
        return Seller(self.seller_tax_number, self.seller_phone, self.seller_address, self.seller_name)

    @property
    def tax_rate(self) -> Decimal:
        """`tax_percent` as a rate."""
        return Decimal(self.tax_percent) / 100
