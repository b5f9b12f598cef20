"""One renewal over HTTPS by the kiosk's own client and polls, and the person with token and phone."""

import asyncio
import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import Engine, select

from tests.harness.desk.signing import PADDINGS, sign, sign_evidence, sign_request
from tests.harness.desk.town import FORM, INVOICE
from tui.core.evidence import evidence_content, proof_message
from tui.core.order import Application, ApplicationStatus, InvoiceStatus
from tui.core.payment_method import PaymentMethod
from tui.core.secret import Password
from tui.core.token import SignedRequest
from tui.desk.renewals.accounts import bind_certificate
from tui.desk.storage.database import reading
from tui.desk.storage.records import ApplicationRecord, MessageRecord
from tui.deskclient.client import DeskClient
from tui.journey.events import ApplicationSeen, Event
from tui.kiosk.runtime.pace import Pace
from tui.kiosk.runtime.polls import watch_application
from tui.sandbox.files import ACCOUNT, PASSWORD
from tui.sandbox.provision import issue
from tui.sandbox.wallet import pay as scan_and_pay

_DEADLINE = 60.0
_READING = 1.0
"""Seconds that the order is looked at; it is polled meanwhile."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the kiosk."""

    key: rsa.RSAPrivateKey
    certificate: bytes
    new_key: rsa.RSAPrivateKey


class Poll:
    """The kiosk's poll of one application, while one screen shows it."""

    def __init__(self, desk: DeskClient, business_no: str) -> None:
        self._seen = asyncio.Queue[Event]()
        self._task = asyncio.create_task(watch_application(desk, business_no, self._seen.put_nowait, Pace()))

    async def until(self, status: ApplicationStatus) -> Application:
        """Wait until the application has this status."""
        async with asyncio.timeout(_DEADLINE):
            while True:
                event = await self._seen.get()
                if isinstance(event, ApplicationSeen) and event.application.status is status:
                    return event.application

    def stop(self) -> None:
        """Another screen."""
        self._task.cancel()


def arrive(sandbox: Path, engine: Engine) -> Person:
    """Somebody whose certificate ends in 20 days."""
    old, new = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    der = issue(sandbox / "ca", old.public_key(), "张三", 20).public_bytes(Encoding.DER)
    bind_certificate(engine, ACCOUNT, hashlib.sha256(der).hexdigest())
    return Person(old, der, new)


async def renew(
    desk: DeskClient, person: Person, sandbox: Path, engine: Engine, *, method: PaymentMethod, wait: float
) -> str:
    """From sign-in to proof, as the screens ask for it; gives the business number. The code is paid after `wait`."""
    await desk.sign_in(ACCOUNT, Password(bytearray(PASSWORD.encode())))
    await desk.notice()
    offer = await desk.offer(person.certificate)
    agreement = await desk.agreement()
    await desk.keep_form(person.certificate, FORM)
    draft = await desk.save(person.certificate, agreement, FORM, offer.terms[0].fee_fen)
    entered = await desk.submit(draft.business_no, _signed(person, draft))
    poll = Poll(desk, entered.business_no)
    await asyncio.sleep(_READING)
    paying = await desk.pay(entered.business_no, method, INVOICE)
    poll.stop()
    poll = Poll(desk, entered.business_no)
    await asyncio.sleep(wait)
    assert paying.attempt is not None
    await asyncio.to_thread(scan_and_pay, sandbox, paying.attempt.qr)
    issued = await poll.until(ApplicationStatus.ISSUED)
    poll.stop()
    await asyncio.to_thread(until, lambda: _is_told(engine, issued.business_no))
    digest = hashlib.sha256(issued.certificate).hexdigest()
    message = proof_message(issued.business_no, digest, issued.challenge)
    await desk.confirm(issued.business_no, sign(person.new_key, message, issued.scheme))
    return issued.business_no


async def leave(desk: DeskClient, engine: Engine, business_no: str) -> None:
    """Sign out; back when the invoice is with the agent."""
    await desk.sign_out()
    await asyncio.to_thread(until, lambda: _is_invoiced(engine, business_no) and _is_told(engine, business_no))


def until(true: Callable[[], bool]) -> None:
    """Look until it is so.

    :raises TimeoutError: it does not become so.
    """

    end, tick = time.monotonic() + _DEADLINE, threading.Event()
    while not true():
        if time.monotonic() > end:
            raise TimeoutError
        tick.wait(0.1)


def _signed(person: Person, draft: Application) -> SignedRequest:
    padding = PADDINGS[draft.scheme]
    csr = sign_request(person.new_key, x509.load_der_x509_certificate(person.certificate).subject, padding)
    content = evidence_content(draft.statement, csr)
    return SignedRequest(csr, sign_evidence(person.key, person.certificate, content, padding))


def _is_told(engine: Engine, business_no: str) -> bool:
    waiting = select(MessageRecord.message_id).where(MessageRecord.sent_at.is_(None))
    with reading(engine) as db:
        return db.unit.scalar(waiting.where(MessageRecord.business_no == business_no)) is None


def _is_invoiced(engine: Engine, business_no: str) -> bool:
    with reading(engine) as db:
        return db.unit.get_one(ApplicationRecord, business_no).invoice_status is InvoiceStatus.SENT
