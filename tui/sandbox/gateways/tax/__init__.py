"""The tax platform, played."""
