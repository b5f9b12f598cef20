"""What a payment platform's folder offers to the sandbox, in its module `counterpart` under the name COUNTERPART."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from tui.sandbox.gateways.common.platform import PaymentSandbox


class Application(Protocol):
    """Makes a stand-in whose keys and trades lie in `directory`."""

    def __call__(
        self,
        directory: Path,
        *,
        notice_ca: Path | None = ...,
        time_scale: float = ...,
        clock: Callable[[], datetime] = ...,
        by_hand: bool = ...,
    ) -> PaymentSandbox:
        """The stand-in as an ASGI application.

        ``directory`` is one that `Counterpart.make_keys` has filled, and keeps the trades; ``notice_ca`` is trusted
        when notices go out over TLS; ``time_scale`` shortens the gaps between the sendings of a notice, and silences;
        with ``by_hand`` none is sent, but waits in ``pending`` until ``confirm``.
        """


@dataclass(frozen=True, slots=True)
class Counterpart:
    """One payment platform, played."""

    application: Application
    make_keys: Callable[[Path], None]
    """Fills a folder; what exists is kept."""
    settings: Callable[[Path, str], Any]
    """What the desk's adapter is to be told, in its own struct, from the folder and the gateway's address."""
    path: str
    """What follows the host in the ``gateway_url`` of `settings`."""
    desk_table: Callable[[Path, int], str]
    """The platform's table in desk.toml, from its folder and its port."""
