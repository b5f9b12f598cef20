"""What a payment platform's folder offers to the desk, under the name PLATFORM."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Generic, TypeVar

from tui.desk.payments.gateway import Message, PaymentGateway
from tui.desk.platforms.common.charsets import UTF8
from tui.process.clock import utc_now

if TYPE_CHECKING:
    from tui.desk.platforms.common.transport import Connection

S = TypeVar("S")
Reader = Callable[[bytes], Message]


class Kind(StrEnum):
    """How a message came."""

    ANSWER = "answer"
    """The response to a call."""
    NOTICE = "notice"
    """A request that the platform sent by itself."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """What a message is judged by long after it came."""

    kind: Kind
    trust: bytes
    """Key or certificates: what alone is believed."""
    method: str = ""
    """The call that was answered, where the platform's answers need it to be read."""
    charset: str = UTF8
    """Tried first, where a platform may write in several."""
    clock: Callable[[], datetime] = utc_now


@dataclass(frozen=True, slots=True)
class Platform(Generic[S]):
    """One payment platform."""

    settings: type[S]
    """Its table in ``[payments]``."""
    adapter: str
    """``module:Class``, imported when it is opened: it brings httpx, which ``desk verify`` does without."""
    reader: Callable[[Dispute], Reader]
    """What reads raw messages for ``desk verify``.

    :raises ValueError: ``trust`` is not what the platform needs.
    """

    def open(
        self, settings: S, clock: Callable[[], datetime] = utc_now, connection: "Connection | None" = None
    ) -> PaymentGateway:
        """The adapter; without a ``connection`` it reaches the platform by HTTPS."""
        module, _, name = self.adapter.partition(":")
        made: PaymentGateway = getattr(import_module(module), name)(settings, clock, connection)
        return made
