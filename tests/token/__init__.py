"""The token adapter against SoftHSM2."""
