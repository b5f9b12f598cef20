"""`ca-kiosk token`: what is done to a whole token, by its user or an operator, without a renewal."""
