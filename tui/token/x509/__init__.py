"""Certificates read from tokens, strictly where possible and leniently where not."""
