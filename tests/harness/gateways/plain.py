"""HTTP to what listens on this machine: no call reads the authorities of TLS, which takes 30 ms of processor time."""

import ssl
from typing import Any

import httpx

_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts no authority."""


def client() -> httpx.Client:
    """For `http:` alone."""
    return httpx.Client(verify=_NOBODY, trust_env=False, timeout=5)


def get(address: str, **more: Any) -> httpx.Response:
    """As `httpx.get`."""
    with client() as asking:
        return asking.get(address, **more)


def post(address: str, **more: Any) -> httpx.Response:
    """As `httpx.post`."""
    with client() as asking:
        return asking.post(address, **more)
