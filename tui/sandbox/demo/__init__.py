"""The demonstration: a sandbox with one token, and a kiosk in front of it."""
