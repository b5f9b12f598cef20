"""Tokens behind PKCS#11: each driver runs in a child process of its own, this side only talks to it.

`Tokens` is the adapter for `core.ports.TokenPort`; PyKCS11 and cryptography are imported in the children alone.
"""

from tui.token.tokens import Module, Tokens

__all__ = ["Module", "Tokens"]
