"""Tokens behind PKCS#11: each driver runs in a child process of its own, this side only talks to it.

`Tokens` is the adapter for `core.ports.TokenPort`; PyKCS11 and cryptography are imported in the children alone.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.token.tokens import Module, Tokens

__all__ = ["Module", "Tokens"]


def __getattr__(name: str) -> object:
    """Import on first use: the children import this package too, and asyncio would be a third of their start."""
    if name not in __all__:
        raise AttributeError(name)
    from tui.token import tokens

    return getattr(tokens, name)
