"""Where the played tax platform is asked, and who its one merchant is."""

import msgspec

TOKEN_PATH, SERVICES_PATH = "/accessToken", "/open/v1/services"


class TaxKeys(msgspec.Struct, frozen=True):
    """The merchant's application at the platform."""

    app_key: str
    app_secret: str
    seller_tax_number: str
