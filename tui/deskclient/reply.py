"""What the desk answers, before it is read."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from tui.core.frozen import frozen

NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
NOT_MODIFIED: Final = HTTPStatus.NOT_MODIFIED


@frozen
class Reply:
    """What the desk answers that is no error."""

    status: int
    headers: Mapping[str, str]
    body: bytes
