"""One simulated kiosk: the calls of a journey, with real signatures, and what each of them took."""

import asyncio
import hashlib
import random
import secrets
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_private_key

from tests.bench.load.people import Person
from tests.bench.load.wire import Answer, Wire
from tests.harness.desk.signing import PSS, sign, sign_evidence
from tests.harness.desk.town import FORM, INVOICE
from tui import __version__
from tui.core.evidence import evidence_content, proof_message
from tui.core.order import Application, ApplicationStatus, Document, Offer
from tui.core.payment_method import PaymentMethod
from tui.deskclient import wire
from tui.sandbox.files import PASSWORD

T = TypeVar("T")
_TRIES = 30
_BUSY = frozenset({429, 503})
_PATIENCE = 120.0
_SPREAD = 0.1


class Refused(Exception):  # noqa: N818 - it is an answer
    """The desk, or a wallet, said no for good."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How all kiosks pay and look."""

    method: PaymentMethod
    poll: float
    """Seconds between two looks."""
    wait: float
    """Seconds that the desk may hold its answer (RFC 7240 4.3); 0: it answers at once."""


@dataclass(slots=True)
class Record:
    """What all kiosks saw; names in brackets are of no single call."""

    calls: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Milliseconds."""
    failures: Counter[str] = field(default_factory=Counter)


class Kiosk:
    """One counter with one connection, used by one person after another."""

    def __init__(self, desk: Wire, wallet: Wire, manner: Manner, record: Record) -> None:
        self._desk, self._wallet, self._manner, self._record = desk, wallet, manner, record
        self._token = self._etag = ""

    async def renew(self, person: Person) -> None:
        """From the first look at the desk to the proof and the way out.

        :raises Refused: it cannot go on.
        """
        await self._call("service", "GET", "service")
        number = (await self.enter(person)).business_no
        await self._look(number)
        pay = wire.PayRequest(self._manner.method, INVOICE)
        shown = await self._call("pay", "POST", f"applications/{number}/payments", pay, Application)
        if shown.attempt is None or not shown.attempt.qr:
            raise Refused("no code is shown")
        issued = asyncio.create_task(self._until(number, ApplicationStatus.ISSUED))
        try:
            await self._scan(shown.attempt.qr)
            paid = time.monotonic()
            application = await issued
        finally:
            issued.cancel()
        self._record.calls["(paid to issued seen)"].append(1000 * (time.monotonic() - paid))
        digest = hashlib.sha256(application.certificate).hexdigest()
        proof = sign(_key(person.new_key), proof_message(number, digest, application.challenge), application.scheme)
        await self._call("proof", "PUT", f"applications/{number}/proof", wire.ProofRequest(proof), Application)
        await self._call("sign out", "DELETE", "sessions/current")

    async def enter(self, person: Person) -> Application:
        """From the sign-in to the order."""
        self._token = self._etag = ""
        signed_in = await self._call("sign in", "POST", "sessions", wire.SignIn(person.account, PASSWORD), wire.Session)
        self._token = signed_in.token
        await self._call("notice", "GET", "documents/notice", kind=Document)
        asked = wire.OfferRequest(person.certificate, finished=True)
        offer = await self._call("offer", "POST", "offers", asked, Offer)
        agreement = await self._call("agreement", "GET", "documents/agreement", kind=Document)
        await self._call("form", "PUT", "forms", wire.FormRequest(person.certificate, FORM))
        fee = offer.terms[0].fee_fen
        save = wire.SaveRequest(person.certificate, agreement.version, agreement.digest, FORM, fee)
        draft = await self._call("save", "PUT", "applications", save, Application)
        content = evidence_content(draft.statement, person.csr)
        signed = sign_evidence(_key(person.key), person.certificate, content, PSS)
        path, submit = f"applications/{draft.business_no}/request", wire.SubmitRequest(person.csr, signed)
        return await self._call("submit", "PUT", path, submit, Application)

    def take_over(self, other: "Kiosk") -> None:
        """Use the other one's session."""
        self._token = other._token

    async def arrive(self, number: str) -> None:
        """Open the connection by a first look at the application."""
        await self._glance(number)

    async def look_on(self, number: str) -> None:
        """Look at the application again and again until cancelled."""
        await asyncio.sleep(random.uniform(0, self._manner.poll))
        while True:
            await self._look(number)

    async def _until(self, number: str, status: ApplicationStatus) -> Application:
        async with asyncio.timeout(_PATIENCE):
            while True:
                application = await self._look(number)
                if application is not None and application.status is status:
                    return application

    async def _look(self, number: str) -> Application | None:
        """The application now, and a pause; or once it has changed; None: it has not."""
        answer = await self._glance(number)
        if not (self._manner.wait and self._etag):
            await asyncio.sleep(self._manner.poll * random.uniform(1 - _SPREAD, 1 + _SPREAD))
        return None if answer.status == 304 else msgspec.json.decode(answer.body, type=Application)

    async def _glance(self, number: str) -> Answer:
        headers = {}
        if self._manner.wait and self._etag:
            headers = {"Prefer": f"wait={self._manner.wait:.0f}", "If-None-Match": self._etag}
        held = "(held)" if headers else "poll"
        answer = await self._ask(held, "GET", f"applications/{number}", b"", headers)
        self._etag = answer.headers.get("etag", "")
        return answer

    async def _scan(self, qr: str) -> None:
        paid = await self._wallet.ask(
            "POST", "/sandbox/pay", {"Content-Type": "application/json"}, msgspec.json.encode({"qr": qr})
        )
        self._record.calls["(wallet)"].append(paid.milliseconds)
        if paid.status != 200:
            raise Refused(f"wallet: {paid.status} {paid.body[:80]!r}")

    async def _call(
        self, name: str, method: str, path: str, body: msgspec.Struct | None = None, kind: type[T] | None = None
    ) -> T:
        sent = b"" if body is None else msgspec.json.encode(body)
        answer = await self._ask(name, method, path, sent, {})
        found: Any = msgspec.json.decode(answer.body, type=kind) if kind else None
        return found  # type: ignore[no-any-return]

    async def _ask(self, name: str, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        """One call, repeated with its key while the desk is busy; every answer's time counts."""
        headers = {wire.VERSION_HEADER: __version__, "Accept": "application/json"} | headers
        if method != "GET":
            headers[wire.IDEMPOTENCY_HEADER] = secrets.token_hex(16)
        if body:
            headers["Content-Type"] = "application/json"
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        for _ in range(_TRIES):
            try:
                answer = await self._desk.ask(method, f"/v1/{path}", headers, body)
            except (OSError, EOFError) as error:
                self._record.failures[f"{name}: {type(error).__name__}"] += 1
            else:
                self._record.calls[name].append(answer.milliseconds)
                if answer.status < 300 or answer.status == 304:
                    return answer
                self._record.failures[f"{name}: {answer.status}"] += 1
                if answer.status not in _BUSY:
                    raise Refused(f"{name}: {answer.status} {answer.body[:200]!r}")
            await asyncio.sleep(random.uniform(1.0, 2.0))
        raise Refused(f"{name}: given up")


def _key(pkcs8: bytes) -> ec.EllipticCurvePrivateKey:
    key = load_der_private_key(pkcs8, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key
