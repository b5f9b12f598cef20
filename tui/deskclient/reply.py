"""What the desk answers, before it is read."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tui.core.frozen import frozen

NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
NOT_MODIFIED: Final = 304
"""What was asked for is as it was (RFC 9110 15.4.5)."""


@frozen
class Reply:
    """What the desk answers that is no error."""

    status: int
    headers: Mapping[str, str]
    body: bytes
