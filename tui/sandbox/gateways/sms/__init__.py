"""The SMS gateway, played."""
