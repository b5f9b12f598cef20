"""Messages between kiosk and desk: JSON over HTTPS, bytes as base64, times as RFC 3339 UTC.

Answers are the core types themselves (`Application`, `Offer`, `Document`, `ServiceStatus`); requests are the structs
below; errors are `Problem` (RFC 9457). Paths, all below `/v1`:

    GET  /service                                   -> ServiceStatus            (no session)
    POST /sessions             SignIn               -> Session                  (no session)
    DELETE /sessions/current                        -> 204
    GET  /documents/notice, /documents/agreement    -> Document
    POST /offers               OfferRequest         -> Offer
    PUT  /forms                FormRequest          -> 204                      (what was typed so far)
    PUT  /applications         SaveRequest          -> Application              (creates or revises the draft)
    GET  /applications/{business_no}                -> Application
    PUT  /applications/{business_no}/request   SubmitRequest   -> Application
    POST /applications/{business_no}/payments  PayRequest      -> Application
    POST /applications/{business_no}/payments/query            -> Application
    POST /applications/{business_no}/payments/end              -> Application
    POST /applications/{business_no}/withdrawal                -> Application
    PUT  /applications/{business_no}/proof     ProofRequest    -> Application

Every request carries `Kiosk-Version`; every write an `Idempotency-Key`; every request after sign-in
`Authorization: Bearer`.

GET /applications/{business_no} has an ETag. With `Prefer: wait=N` (RFC 7240) and that ETag as If-None-Match the answer
is held for N seconds, 25 at most, until it is another one, else it is 304; `Preference-Applied` says that the desk can.
"""

import msgspec

from tui.core.failure import Failure, Reason
from tui.core.form.fields import ApplicationForm, InvoiceForm
from tui.core.payment_method import PaymentMethod

VERSION_HEADER = "Kiosk-Version"
IDEMPOTENCY_HEADER = "Idempotency-Key"
PROBLEM_TYPE = "application/problem+json"


class SignIn(msgspec.Struct, frozen=True):
    """Body of POST /sessions."""

    account: str
    password: str

    def __repr__(self) -> str:
        return "SignIn(***)"


class Session(msgspec.Struct, frozen=True):
    """A sign-in that lives for `expires_in` seconds after its last use."""

    token: str
    expires_in: int

    def __repr__(self) -> str:
        return "Session(***)"


class OfferRequest(msgspec.Struct, frozen=True):
    """The certificate (DER) that its holder wants to renew.

    Without a certificate `spki` names the key of one whose write was cut off (key policy `keep`): the desk answers
    with the application that waits to be installed, or `no_certificate`.
    """

    certificate: bytes
    spki: str = ""
    """SHA-256 over SubjectPublicKeyInfo, hex."""
    finished: bool = False
    """The kiosk shows a finished renewal of this certificate; to one that does not, it is refused."""


class SaveRequest(msgspec.Struct, frozen=True):
    """The filled form; the desk checks every field again."""

    certificate: bytes
    agreement_version: str
    agreement_digest: str
    form: ApplicationForm
    fee_fen: int
    """The fee that the person saw; a different one is refused with `price_changed`."""


class FormRequest(msgspec.Struct, frozen=True):
    """The form as far as it is filled; kept for this account and certificate, and told with the next offer."""

    certificate: bytes
    form: ApplicationForm


class SubmitRequest(msgspec.Struct, frozen=True):
    """CSR (PEM) and evidence (DER CMS)."""

    csr: bytes
    evidence: bytes


class PayRequest(msgspec.Struct, frozen=True):
    """PaymentMethod and invoice; opens an attempt or returns the open one."""

    method: PaymentMethod
    invoice: InvoiceForm


class ProofRequest(msgspec.Struct, frozen=True):
    """Signature of the new key over `core.evidence.proof_message`."""

    signature: bytes


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """An error answer (RFC 9457); `reason` is a `core.failure.Reason` value."""

    title: str
    status: int
    reason: str
    detail: str = ""
    retry_after: int | None = None
    tries_left: int | None = None
    field_errors: tuple[tuple[str, str], ...] = ()
    minimum_version: str | None = None

    def failure(self) -> Failure:
        """The same as a core failure; an unknown reason counts as the desk's fault."""
        try:
            reason = Reason(self.reason)
        except ValueError:
            return Failure(Reason.DESK_FAULT, detail=self.reason)
        return Failure(
            reason,
            detail=self.detail,
            retry_after=self.retry_after,
            tries_left=self.tries_left,
            field_errors=self.field_errors,
        )
