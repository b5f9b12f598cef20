"""What the flow's commands need from the outside, as protocols; adapters are chosen in `tui.kiosk.wiring` alone."""

from collections.abc import AsyncIterator, Callable
from typing import Protocol

from tui.core.certificate import CertificateRef, Token
from tui.core.details import Details
from tui.core.failure import Failure
from tui.core.form.fields import ApplicationForm, InvoiceForm
from tui.core.frozen import frozen
from tui.core.order import Application, Document, Offer, ServiceStatus
from tui.core.payment_method import PaymentMethod
from tui.core.secret import Password, Pin
from tui.core.sighting import Sighting
from tui.core.token import Installation, KeyLeft, SignedRequest, Snapshot, TokenStage


class TokenPort(Protocol):
    """The tokens of all configured modules. Every method may raise `TokenError`; none retries a PIN; each wipes it.

    An adapter of another driver family (`DriverFamily`) keeps what the journey rests on:

    - A snapshot tells every token, also one that is empty or cannot be read, and every certificate on it, also one that
      cannot be renewed; a certificate is known by its bytes and a key by its SubjectPublicKeyInfo, never by slot, label
      or serial. A module that fails is a `ModuleFault` beside the others' tokens.
    - A driver never runs in this process; one that hangs or dies ends in a reason that says whether the token changed.
    - Before each use of a key and each write the token is compared with the one that began; a signature leaves only
      after it verified against the certificate's public key.
    - New keys carry the business number and are made in the token, so that every operation can be repeated after any
      interruption. The old pair stays usable until the desk has verified the new one; every other pair and every
      encryption certificate stay as they are. Where the CA answers with two certificates and a sealed encryption key,
      all of them are written before the proof.
    - Its errors become `core.failure.Reason`s here, once.
    """

    def watch(self) -> AsyncIterator[Snapshot]:
        """Yield the state at once and then at every change, for ever."""
        ...

    def details(self, certificate: bytes) -> Details:
        """What a certificate (DER) says, whatever its bytes; asks no token."""
        ...

    async def look(self, token: CertificateRef, pin: Pin, progress: Callable[[TokenStage], None]) -> Token:
        """Sign in, see what is visible only then, sign out; the token (see `refer_token`) with all that is on it.

        Where its certificates are private objects, the operations below know it by its names until they have signed in.
        """
        ...

    async def change_pin(
        self, token: CertificateRef, pin: Pin, new_pin: Pin, progress: Callable[[TokenStage], None]
    ) -> None:
        """Put the new PIN in the place of the old one; both empty where they are typed on the token itself."""
        ...

    async def make_request(
        self,
        certificate: CertificateRef,
        pin: Pin,
        application: Application,
        progress: Callable[[TokenStage], None],
    ) -> SignedRequest:
        """New key pair labelled with the business number (an earlier one is used again), CSR, evidence.

        Under key policy `keep` the CSR is by the certificate's own key. The token is tried first (`PROBING`).
        """
        ...

    async def install(
        self,
        certificate: CertificateRef,
        pin: Pin,
        application: Application,
        progress: Callable[[TokenStage], None],
    ) -> Installation:
        """Write the issued certificate beside the old one, read it back, sign the desk's challenge; repeatable.

        Under key policy `keep` a token that takes no second certificate of one key gets it in the old one's place;
        the old one is put back if that fails.
        """
        ...

    async def retire(
        self,
        certificate: CertificateRef,
        pin: Pin,
        application: Application,
        installation: Installation,
        progress: Callable[[TokenStage], None],
    ) -> KeyLeft | None:
        """Delete the old certificate and its key once the new key has signed again; what was left. Repeatable.

        `certificate` refers to the new one. The caller has the desk's word that the new pair is proved, and the
        person's consent. What has the old certificate's public key is deleted and nothing else, and no key that another
        certificate shares.
        """
        ...

    async def prepare(self) -> None:
        """A person has begun: what an operation needs may be loaded meanwhile; never raises."""
        ...

    async def forget(self) -> None:
        """A person has gone: no process that was given a PIN lives on."""
        ...

    async def close(self) -> None:
        """End the driver processes."""
        ...


class DeskPort(Protocol):
    """The desk. Every method may raise `DeskError`. The session's token stays inside the adapter."""

    async def status(self) -> ServiceStatus: ...

    async def sign_in(self, account: str, password: Password) -> None: ...

    async def sign_out(self) -> None:
        """Forget the session here and at the desk; never raises."""
        ...

    async def notice(self) -> Document: ...

    async def agreement(self) -> Document: ...

    async def offer(self, certificate: bytes, spki: str = "") -> Offer:
        """Whether this account may renew this certificate (DER), the terms, the live application.

        Without a certificate, the application whose new certificate waits for the key `spki` (see `Certificate.spki`).
        """
        ...

    async def keep_form(self, certificate: bytes, form: ApplicationForm) -> None:
        """Keep what is typed so far for this certificate (DER); the next offer brings it back."""
        ...

    async def save(self, certificate: bytes, agreement: Document, form: ApplicationForm, fee_fen: int) -> Application:
        """Create the draft, or revise the one that this certificate has."""
        ...

    async def submit(self, business_no: str, request: SignedRequest) -> Application: ...

    async def application(self, business_no: str, seen: Sighting | None = None) -> Sighting:
        """How it stands; a desk that gave what was `seen` a tag answers when it has changed, or with `seen` itself.

        The latter after a while, and sooner only where the desk cannot wait right now.
        """
        ...

    async def pay(self, business_no: str, method: PaymentMethod, invoice: InvoiceForm) -> Application:
        """Open a payment attempt; an open one of the same method and invoice is returned as it is."""
        ...

    async def query_payment(self, business_no: str) -> Application:
        """Ask the platform now (支付成功)."""
        ...

    async def end_payment(self, business_no: str) -> Application:
        """Close the open attempt: last query, then cancel or wait."""
        ...

    async def withdraw(self, business_no: str) -> Application:
        """撤销申请, before the money only."""
        ...

    async def confirm(self, business_no: str, proof: bytes) -> Application:
        """Hand in the new key's signature; the desk verifies it and completes the application."""
        ...

    async def close(self) -> None: ...


class Phone(Protocol):
    """The demo's phone; absent outside the demo."""

    account: str
    password: str
    pin: str
    """What the demo tells the person in one quiet line; it protects nothing real."""

    async def pay(self, qr: str) -> None:
        """Scan and pay, as a wallet does."""
        ...


@frozen
class Check:
    """One line of 环境检测."""

    item: str
    """driver, token, certificate, desk, clock, version."""
    ok: bool
    detail: str = ""
    failure: Failure | None = None


class SelfCheckPort(Protocol):
    """环境检测: driver module, token, desk, clock, version."""

    async def run(self, snapshot: Snapshot) -> tuple[Check, ...]: ...
