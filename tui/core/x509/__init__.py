"""Certificates by their bytes (RFC 5280), for what no library keeps byte for byte."""
