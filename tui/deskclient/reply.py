"""What the desk answers, before it is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
NOT_MODIFIED: Final = HTTPStatus.NOT_MODIFIED


@dataclass(frozen=True, slots=True)
class Reply:
    """What the desk answers that is no error."""

    status: int
    headers: Mapping[str, str]
    body: bytes
