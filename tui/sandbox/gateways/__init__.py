"""Gateways of other companies, played over HTTP with real signatures."""
