"""Send asynchronous notices from a thread, again until the merchant confirms or the plan ends."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec

from tui.desk.outbound import trust
from tui.sandbox.faults import Fault, Faults
from tui.sandbox.gateways.common.http import FORM
from tui.sandbox.gateways.common.ledger import Ledger, PendingNotice


@dataclass(frozen=True, slots=True)
class NoticePlan:
    """How one platform sends its notices."""

    gaps: Sequence[float]
    """Seconds to wait before each sending after the first."""
    confirmed: Callable[[httpx.Response], bool]
    """Whether the merchant's answer ends the sending."""
    by_hand: bool = False
    """Nothing is sent: who drives the platform takes the notices from ``PaymentSandbox.pending``."""


def merchants_client(ca_file: Path | None) -> httpx.Client:
    """What calls merchants; it trusts ``ca_file`` for their TLS, or the system."""
    # One connection a notice: an idle one, which nobody reads, would hold up the end of the merchant's server.
    once = httpx.Limits(max_keepalive_connections=0)
    form = {"Content-Type": f"{FORM};charset=utf-8"}
    return httpx.Client(verify=trust(ca_file), timeout=5.0, trust_env=False, limits=once, headers=form)


class NoticeSender:
    """Sends what the ledger holds as unconfirmed."""

    def __init__(
        self,
        ledger: Ledger,
        plan: NoticePlan,
        faults: Faults,
        headers: Callable[[PendingNotice], Mapping[str, str]],
        *,
        ca_file: Path | None,
        time_scale: float,
    ) -> None:
        """Trust ``ca_file`` for the merchant's TLS, or the system; ``time_scale`` shortens (or stretches) all gaps."""
        self._ledger = ledger
        self._plan = plan
        self._faults = faults
        self._headers = headers
        self._gaps = [gap * time_scale for gap in plan.gaps]
        self._ca_file = ca_file
        self._due: dict[str, float] = {}
        self._watched: dict[str, threading.Event] = {}
        self._wake = threading.Condition(ledger.lock)
        self._stopped = False
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Begin to send, or look at once what is new."""
        with self._wake:
            if self._thread is None and not self._stopped and not self._plan.by_hand:
                self._thread = threading.Thread(target=self._run, name="payment notices", daemon=True)
                self._thread.start()
            self._wake.notify_all()

    def watch(self, number: str) -> threading.Event:
        """Set once a notice of this trade has been sent, whatever the merchant answered."""
        watched = self._watched.setdefault(number, threading.Event())
        if self._plan.by_hand:
            watched.set()
        return watched

    def close(self) -> None:
        """Stop sending; what is unconfirmed stays in the ledger for the next start."""
        with self._wake:
            self._stopped = True
            self._wake.notify_all()
            thread = self._thread
        if thread:
            thread.join()

    def _run(self) -> None:
        with merchants_client(self._ca_file) as client:
            while notice := self._next():
                self._send(client, notice)

    def _next(self) -> PendingNotice | None:
        with self._wake:
            while not self._stopped:
                now = time.monotonic()
                ready = [notice for notice in self._ledger.notices() if not notice.held_until]
                waiting = sorted(((self._due.get(n.key, now), n) for n in ready), key=lambda due: due[0])
                if waiting and waiting[0][0] <= now:
                    return waiting[0][1]
                self._wake.wait(waiting[0][0] - now if waiting else None)
            return None

    def _send(self, client: httpx.Client, notice: PendingNotice) -> None:
        try:
            answer = client.post(notice.url, content=notice.body, headers=dict(self._headers(notice)))
            confirmed = self._plan.confirmed(answer)
        except (httpx.HTTPError, httpx.InvalidURL):
            confirmed = False
        confirmed = confirmed and not self._faults.take(Fault.NOTICE_RESENT, notice.number)
        with self._wake:
            if watched := self._watched.pop(notice.number, None):
                watched.set()
            self._due.pop(notice.key, None)
            if confirmed or notice.sent >= len(self._gaps):
                self._ledger.drop_notice(notice)
            else:
                self._due[notice.key] = time.monotonic() + self._gaps[notice.sent]
                self._ledger.put_notice(msgspec.structs.replace(notice, sent=notice.sent + 1))
