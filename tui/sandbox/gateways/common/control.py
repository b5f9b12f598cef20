"""The loopback addresses beside a platform's own: ``/sandbox/scan`` and ``/sandbox/pay`` are the wallet's.

``GET /sandbox/faults`` tells what is armed; ``POST`` of ``{"name": …, "count": …}`` arms, the name ``clear`` ends all.
"""

from datetime import datetime
from http import HTTPStatus
from typing import Protocol

import msgspec

from tui.sandbox.faults import CLEAR, Fault, Faults
from tui.sandbox.gateways.common.http import JSON, Call, Reply
from tui.sandbox.gateways.common.ledger import Stage

SCAN, PAY, FAULTS = "/sandbox/scan", "/sandbox/pay", "/sandbox/faults"


class SandboxRefused(Exception):  # noqa: N818
    """The wallet cannot do this: ``code`` for programs, ``text`` for people, Chinese and English."""

    def __init__(self, code: str, text: str) -> None:
        """Keep both."""
        super().__init__(code, text)
        self.code = code
        self.text = text


class Scanned(msgspec.Struct, frozen=True):
    """What the wallet's screen shows after a scan or a payment."""

    number: str
    payee: str
    subject: str
    amount_fen: int
    stage: Stage
    expires_at: datetime
    faults: tuple[Fault, ...] = ()
    """What went wrong with it, as it was told to."""


class _WalletRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    qr: str
    amount_fen: int | None = None


class _FaultRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    count: int = 1


class _WalletError(msgspec.Struct, frozen=True):
    error: str
    text: str


class Steered(Protocol):
    """What can be scanned, paid and disturbed."""

    @property
    def faults(self) -> Faults:
        """What goes wrong."""

    def scan(self, qr: str) -> Scanned:
        """Scan a code."""

    def pay(self, qr: str, amount_fen: int | None = None) -> Scanned:
        """Pay a code."""


def steer(platform: Steered, call: Call) -> Reply | None:
    """Answer one request; None for every other address."""
    path, method, body = call.path, call.method, call.body
    if path not in {SCAN, PAY, FAULTS}:
        return None
    if path == FAULTS and method == "GET":
        return _json(platform.faults.armed())
    if method != "POST":
        return _json(_WalletError("bad_method", "只接受 POST / POST alone is taken"), HTTPStatus.METHOD_NOT_ALLOWED)
    try:
        if path == FAULTS:
            return _json(_armed(platform.faults, msgspec.json.decode(body, type=_FaultRequest)))
        asked = msgspec.json.decode(body, type=_WalletRequest)
        return _json(platform.scan(asked.qr) if path == SCAN else platform.pay(asked.qr, asked.amount_fen))
    except (ValueError, msgspec.DecodeError) as error:
        return _json(_WalletError("bad_request", str(error)), HTTPStatus.BAD_REQUEST)
    except SandboxRefused as refused:
        status = HTTPStatus.NOT_FOUND if refused.code == "unknown_qr" else HTTPStatus.CONFLICT
        return _json(_WalletError(refused.code, refused.text), status)


def _armed(faults: Faults, asked: _FaultRequest) -> dict[Fault, int]:
    if asked.name == CLEAR:
        faults.clear()
    else:
        faults.arm(Fault(asked.name), asked.count)
    return faults.armed()


def _json(value: object, status: HTTPStatus = HTTPStatus.OK) -> Reply:
    return Reply(msgspec.json.encode(value), status, JSON)
