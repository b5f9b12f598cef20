"""CA Renewal Kiosk: renew the certificate on a USB token, pay for it, walk away with it installed."""

__version__ = "1.8.2"
