"""How a platform's notices are answered and kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class NoticeRules:
    """How a platform's notices are answered and kept."""

    taken: bytes
    """Body of the answer that tells the platform its notice is stored; anything else makes it send again."""
    refused: bytes = b"failure"
    """Body of the other answer, HTTP 400."""
    media_type: str = "text/plain"
    """Of both bodies."""
    proof: tuple[str, ...] = ()
    """Names, in lower case, of the headers that prove a body; they are kept in front of it, as HTTP writes them."""
