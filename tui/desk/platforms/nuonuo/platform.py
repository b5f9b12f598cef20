"""The Nuonuo open platform (诺诺): issues 数电票 and takes them back."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlencode

import msgspec

from tui.desk.invoices.tax_platform import InvoiceOrder, InvoiceOutcome, InvoiceState, RedOrder, TaxPlatformDown
from tui.desk.outbound import HttpsConnection, Unreachable
from tui.desk.platforms.common.units import DASHED, to_beijing
from tui.desk.platforms.nuonuo.answers import (
    DUPLICATE,
    NOT_FOUND,
    OK,
    Answer,
    Invoice,
    RedForm,
    RedForms,
    outcome_of,
    red_outcome_of,
)
from tui.desk.platforms.nuonuo.requests import (
    BY_SELLER,
    FAST_RED,
    ORDINARY,
    QUERY_RED_CONFIRM,
    QUERY_RESULT,
    REFRESH_RED_CONFIRM,
    REISSUE,
    REQUEST_BILLING,
    SAVE_RED_CONFIRM,
    FastRed,
    QueryRequest,
    RedQuery,
    RedRefresh,
    ReissueRequest,
    billing_request,
    red_request,
    sign,
)
from tui.desk.platforms.nuonuo.settings import TaxPlatformSettings
from tui.desk.platforms.nuonuo.token import Granted, TokenKeeper
from tui.process.clock import utc_now

_T = TypeVar("_T")
_ASKING = frozenset({QUERY_RESULT, QUERY_RED_CONFIRM})
"""What may reach the platform twice."""
_TOKEN_CODES = "0703"  # codes of the gateway about the access token begin so


class NuonuoPlatform:
    """A `TaxPlatform`; every call may be made from any thread."""

    def __init__(self, settings: TaxPlatformSettings, clock: Callable[[], datetime] = utc_now) -> None:
        """Keep the settings; nothing is connected yet."""
        self._settings = settings
        self._connection = HttpsConnection(settings.deadline, settings.ca_file)
        self._clock = clock
        self._tokens = TokenKeeper(settings.token_cache, self._fetch_token, clock)

    def issue(self, order: InvoiceOrder) -> InvoiceOutcome:
        """Order the invoice; the same number again (E9106) tells what became of the first order.

        :raises TaxPlatformDown: ask again with the same order.
        """
        today = to_beijing(self._clock(), DASHED)
        answer = self._call(REQUEST_BILLING, billing_request(order, self._settings.clerk, today))
        if answer.code == OK:
            return InvoiceOutcome(InvoiceState.PENDING)
        if answer.code == DUPLICATE:
            return self.query(order.request_no) or InvoiceOutcome(InvoiceState.PENDING)
        return InvoiceOutcome(InvoiceState.REJECTED, text=answer.words)

    def query(self, request_no: str) -> InvoiceOutcome | None:
        """What became of the order with this number; None when the platform does not know it.

        :raises TaxPlatformDown: ask again.
        """
        found = self._query(QueryRequest(order_nos=(request_no,)))
        return next((outcome_of(invoice) for invoice in found if invoice.order_no == request_no), None)

    def reissue(self, request_no: str) -> None:
        """Let the platform try again; what came of it is seen by the next query.

        :raises TaxPlatformDown: ask again.
        """
        self._call(REISSUE, ReissueRequest(request_no))

    def issue_red(self, order: RedOrder) -> InvoiceOutcome:
        """Apply for the red invoice unless this number was applied for, and follow it to the invoice itself.

        :raises TaxPlatformDown: ask again with the same order.
        """
        form = self._red_form(order.request_no)
        if form is None:
            answer = self._call(SAVE_RED_CONFIRM, red_request(order))
            if answer.code == OK:
                return InvoiceOutcome(InvoiceState.PENDING)
            return InvoiceOutcome(InvoiceState.REJECTED, text=answer.words)
        outcome = red_outcome_of(form)
        if form.confirmed and (serial := form.invoice_serial_num):
            found = self._query(QueryRequest(serial_nos=(serial,)))
            return next((outcome_of(invoice) for invoice in found if invoice.serial_no == serial), outcome)
        if form.confirmed and form.opened:
            self._call(FAST_RED, self._fast_red(order, form))
        elif outcome.state is InvoiceState.AWAITING_BUYER:
            self._call(REFRESH_RED_CONFIRM, RedRefresh(BY_SELLER, form.bill_uuid or ""))
        return outcome

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def _query(self, request: QueryRequest) -> tuple[Invoice, ...]:
        answer = self._call(QUERY_RESULT, request)
        if answer.code == NOT_FOUND:
            return ()
        if answer.code != OK:
            raise TaxPlatformDown(f"tax platform: {answer.words}")
        return _decode(answer.result, tuple[Invoice, ...])

    def _red_form(self, request_no: str) -> RedForm | None:
        answer = self._call(QUERY_RED_CONFIRM, RedQuery(BY_SELLER, request_no))
        if answer.code == NOT_FOUND or (answer.code == OK and bytes(answer.result) == b"null"):
            return None
        if answer.code != OK:
            raise TaxPlatformDown(f"tax platform: {answer.words}")
        forms = _decode(answer.result, RedForms).list or ()
        return next((form for form in forms if form.bill_id == request_no), None)

    def _fast_red(self, order: RedOrder, form: RedForm) -> FastRed:
        return FastRed(
            order_no=order.request_no,
            tax_num=order.seller.tax_number,
            elec_invoice_number=order.blue_number,
            bill_no=form.bill_no or "",
            bill_uuid=form.bill_uuid or "",
            invoice_line=ORDINARY,
        )

    def _call(self, method: str, request: msgspec.Struct) -> Answer:
        body, token = msgspec.json.encode(request), self._tokens.token()
        answer = self._post(method, body, token)
        if answer.code.startswith(_TOKEN_CODES):
            answer = self._post(method, body, self._tokens.token(refused=token))
        if not answer.code.startswith("E"):
            raise TaxPlatformDown(f"tax platform: {answer.words}")
        return answer

    def _post(self, method: str, body: bytes, token: str) -> Answer:
        settings, senid, nonce = self._settings, secrets.token_hex(16), str(secrets.randbelow(90_000_000) + 10_000_000)
        timestamp = str(int(self._clock().timestamp()))
        query = {"senid": senid, "nonce": nonce, "timestamp": timestamp, "appkey": settings.app_key}
        headers = {
            "Content-Type": "application/json",
            "X-Nuonuo-Sign": sign(
                settings.app_secret, body, app_key=settings.app_key, senid=senid, nonce=nonce, timestamp=timestamp
            ),
            "accessToken": token,
            "userTax": settings.seller_tax_number,
            "method": method,
        }
        return _decode(self._exchange(settings.url, body, headers, query, again=method in _ASKING), Answer)

    def _fetch_token(self) -> Granted:
        form = urlencode(
            {
                "client_id": self._settings.app_key,
                "client_secret": self._settings.app_secret.decode(),
                "grant_type": "client_credentials",
            }
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"}
        return _decode(self._exchange(self._settings.token_url, form.encode(), headers), Granted)

    def _exchange(
        self,
        url: str,
        body: bytes,
        headers: dict[str, str],
        query: dict[str, str] | None = None,
        *,
        again: bool = False,
    ) -> bytes:
        try:
            answer = self._connection.post(url, body, headers, query, again=again)
        except Unreachable as error:
            raise TaxPlatformDown(f"tax platform: {error}") from error
        if answer.status != 200:
            raise TaxPlatformDown(f"tax platform: HTTP {answer.status}")
        return answer.body


def _decode(data: bytes | msgspec.Raw, kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(data, type=kind)
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise TaxPlatformDown("tax platform: the answer cannot be read") from error
