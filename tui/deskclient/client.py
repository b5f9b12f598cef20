"""`DeskPort` over HTTPS; the paths and messages are those of `tui.deskclient.wire`."""

import asyncio
import logging
import random
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from tui.core.failure import DeskError, Failure, Reason
from tui.core.form.fields import ApplicationForm, InvoiceForm
from tui.core.order import Application, Document, Offer, ServiceStatus
from tui.core.payment_method import PaymentMethod
from tui.core.secret import Password, Secret
from tui.core.sighting import Sighting
from tui.core.token import SignedRequest
from tui.deskclient.answers import decode, decode_document
from tui.deskclient.reply import NO_HEADERS, NOT_MODIFIED, Reply
from tui.deskclient.trust import trust
from tui.deskclient.wire import (
    FormRequest,
    OfferRequest,
    PayRequest,
    ProofRequest,
    SaveRequest,
    Session,
    SignIn,
    SubmitRequest,
)

if TYPE_CHECKING:
    from tui.deskclient.exchange import Exchange

DEADLINE = 25.0
"""Seconds for one call with all its repeats; the desk itself may be asking a payment platform meanwhile."""

LONGEST_WAIT = 20.0
"""Seconds that the desk may keep a poll; a line that is dead is noticed no later than by a call's deadline."""

_LONGEST_TAG = 128
"""Characters."""

_FAREWELL = 2.0
"""Seconds that a sign-out may take: nobody waits for it."""

_dice = random.SystemRandom()
_log = logging.getLogger(__name__)


class DeskClient:
    """The desk as its kiosk talks to it; the session's token never leaves this object."""

    def __init__(self, url: str, ca_file: Path | None, version: str, deadline: float = DEADLINE) -> None:
        """Nothing is asked yet.

        :raises DeskError: SETTINGS_WRONG, the CA file holds no certificate.
        """
        self._reached = url, ca_file, trust(ca_file), version, deadline
        self._session = Secret()

    @cached_property
    def _exchange(self) -> "Exchange":
        """Made by the first call, once the token is shown: HTTP takes its time to import."""
        from tui.deskclient.exchange import Exchange

        return Exchange(*self._reached)

    async def status(self) -> ServiceStatus:
        """What the desk says of itself."""
        return decode(await self._exchange.send("GET", "service"), ServiceStatus)

    async def sign_in(self, account: str, password: Password) -> None:
        """Open a session; never repeated by itself, because a wrong password counts."""
        body = msgspec.json.encode(SignIn(account, str(password.reveal(), "utf-8")))
        self._exchange.expect_company()
        session = decode(await self._exchange.send("POST", "sessions", body, tries=1), Session)
        if not (session.token.isascii() and session.token.isprintable() and session.token):
            raise DeskError(Failure(Reason.DESK_FAULT, detail="session token"))
        self._session.wipe()
        self._session = Secret(session.token.encode())

    async def sign_out(self) -> None:
        """Forget the session here at once and at the desk if it answers; never raises."""
        session = self._session.take()
        if not session:
            return
        try:
            async with asyncio.timeout(_FAREWELL):
                await self._exchange.send("DELETE", "sessions/current", session=session, tries=1)
        except (DeskError, TimeoutError) as error:
            _log.info("sign-out did not reach the desk: %s", type(error).__name__)
        finally:
            session.wipe()

    async def notice(self) -> Document:
        """供应商须知."""
        return decode_document(await self._send("GET", "documents/notice"))

    async def agreement(self) -> Document:
        """网证通电子认证服务协议, current version."""
        return decode_document(await self._send("GET", "documents/agreement"))

    async def offer(self, certificate: bytes, spki: str = "") -> Offer:
        """Terms for this certificate and its live application; or, without one, the application that awaits a key."""
        return decode(await self._send("POST", "offers", OfferRequest(certificate, spki, finished=True)), Offer)

    async def keep_form(self, certificate: bytes, form: ApplicationForm) -> None:
        """Keep what is typed so far; tried once, for the next change comes soon."""
        body = msgspec.json.encode(FormRequest(certificate, form))
        await self._exchange.send("PUT", "forms", body, session=self._session, tries=1)

    async def save(self, certificate: bytes, agreement: Document, form: ApplicationForm, fee_fen: int) -> Application:
        """Create or revise the draft."""
        body = SaveRequest(certificate, agreement.version, agreement.digest, form, fee_fen)
        return decode(await self._send("PUT", "applications", body), Application)

    async def submit(self, business_no: str, request: SignedRequest) -> Application:
        """Hand in CSR and evidence."""
        return await self._ask("PUT", business_no, "/request", SubmitRequest(request.csr, request.evidence))

    async def application(self, business_no: str, seen: Sighting | None = None) -> Sighting:
        """The application as it is now, or, where the desk can wait, once it differs from what was `seen`."""
        wait = round(LONGEST_WAIT * _dice.uniform(0.8, 1.0))  # kiosks that lost one desk do not come back in step
        headers = {"Prefer": f"wait={wait}"}
        if seen is not None and seen.tag:
            headers["If-None-Match"] = seen.tag
        else:
            wait = 0
        reply = await self._reply("GET", _path(business_no), headers=headers, wait=wait)
        if seen is not None and reply.status == NOT_MODIFIED:
            return seen
        return Sighting(decode(reply.body, Application), _tag(reply.headers))

    async def pay(self, business_no: str, method: PaymentMethod, invoice: InvoiceForm) -> Application:
        """Open a payment attempt or get the open one."""
        return await self._ask("POST", business_no, "/payments", PayRequest(method, invoice))

    async def query_payment(self, business_no: str) -> Application:
        """支付成功."""
        return await self._ask("POST", business_no, "/payments/query")

    async def end_payment(self, business_no: str) -> Application:
        """Close the open attempt."""
        return await self._ask("POST", business_no, "/payments/end")

    async def withdraw(self, business_no: str) -> Application:
        """撤销申请."""
        return await self._ask("POST", business_no, "/withdrawal")

    async def confirm(self, business_no: str, proof: bytes) -> Application:
        """Hand in the new key's signature."""
        return await self._ask("PUT", business_no, "/proof", ProofRequest(proof))

    async def close(self) -> None:
        """Wipe the session and give the connections back."""
        self._session.wipe()
        if "_exchange" in vars(self):
            await self._exchange.close()

    async def _ask(
        self, method: str, business_no: str, below: str = "", body: msgspec.Struct | None = None
    ) -> Application:
        return decode(await self._send(method, f"{_path(business_no)}{below}", body), Application)

    async def _send(self, method: str, path: str, body: msgspec.Struct | None = None) -> bytes:
        return (await self._reply(method, path, b"" if body is None else msgspec.json.encode(body))).body

    async def _reply(
        self, method: str, path: str, data: bytes = b"", *, headers: Mapping[str, str] = NO_HEADERS, wait: float = 0.0
    ) -> Reply:
        try:
            return await self._exchange.ask(method, path, data, session=self._session, headers=headers, wait=wait)
        except DeskError as error:
            if error.failure.reason is Reason.SESSION_ENDED:
                self._session.wipe()
            raise


def _path(business_no: str) -> str:
    return f"applications/{quote(business_no, safe='')}"


def _tag(headers: Mapping[str, str]) -> str:
    """What the desk waits by, if it says that it does (RFC 7240 3)."""
    tag = headers.get("etag", "") if "preference-applied" in headers else ""
    return tag if tag.isascii() and tag.isprintable() and len(tag) <= _LONGEST_TAG else ""
