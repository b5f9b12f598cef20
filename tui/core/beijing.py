"""Whose time people are shown and the payment platforms are told."""

from datetime import timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "UTC+8")
"""Beijing time: UTC+8 all year."""
