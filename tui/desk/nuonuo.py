"""The Nuonuo open platform (诺诺): signature, token, requestBillingNew and queryInvoiceResult."""

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
import tempfile
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

import msgspec

from tui.desk.invoices import (
    InvoiceLine,
    InvoiceOrder,
    InvoiceOutcome,
    InvoiceState,
    TaxPlatformDown,
    TaxPlatformSettings,
    tax_within,
)
from tui.desk.outbound import HttpsConnection, Unreachable
from tui.desk.payments.units import DASHED, to_beijing, to_yuan, utc_now

_T = TypeVar("_T")
REQUEST_BILLING = "nuonuo.OpeMplatform.requestBillingNew"
QUERY_RESULT = "nuonuo.OpeMplatform.queryInvoiceResult"
OK, DUPLICATE, NOT_FOUND = "E0000", "E9106", "E9500"
_TOKEN_CODES = "0703"  # codes of the gateway about the access token begin so
_STATES = {
    "2": InvoiceState.ISSUED,
    "20": InvoiceState.PENDING,
    "21": InvoiceState.PENDING,
    "22": InvoiceState.FAILED,
    "24": InvoiceState.FAILED,
    "3": InvoiceState.FAILED,
    "31": InvoiceState.FAILED,
}
"""Status of queryInvoiceResult: issued, in progress, failed, seal failed, voided."""


def sign(secret: bytes, body: bytes, *, app_key: str, senid: str, nonce: str, timestamp: str) -> str:
    """X-Nuonuo-Sign: base64 of HMAC-SHA1 over the fixed-order text that ends with the exact body."""
    head = f"a=services&l=v1&p=open&k={app_key}&i={senid}&n={nonce}&t={timestamp}&f="
    return base64.b64encode(hmac.new(secret, head.encode() + body, hashlib.sha1).digest()).decode("ascii")


class Detail(msgspec.Struct, frozen=True, rename="camel"):
    """One line of `invoiceDetail`; amounts in yuan, tax included."""

    goods_name: str
    goods_code: str
    with_tax_flag: str
    num: str
    price: str
    unit: str
    tax_rate: str
    tax: str
    tax_excluded_amount: str
    tax_included_amount: str
    invoice_line_property: str = "0"


class Order(msgspec.Struct, frozen=True, rename="camel"):
    """`order` of requestBillingNew."""

    buyer_name: str
    buyer_tax_num: str
    natural_person_flag: str
    buyer_phone: str
    email: str
    push_mode: str
    """-1 none, 0 mail, 1 phone, 2 both."""
    saler_tax_num: str
    saler_tel: str
    saler_address: str
    order_no: str
    invoice_date: str
    clerk: str
    remark: str
    invoice_type: str
    invoice_line: str
    """pc: 数电普票."""
    invoice_detail: tuple[Detail, ...]


class BillingRequest(msgspec.Struct, frozen=True):
    """Body of requestBillingNew."""

    order: Order


class QueryRequest(msgspec.Struct, frozen=True, rename="camel"):
    """Body of queryInvoiceResult."""

    order_nos: tuple[str, ...]


class _Answer(msgspec.Struct, frozen=True):
    code: str
    describe: str = ""
    result: msgspec.Raw = msgspec.Raw(b"null")


class _Invoice(msgspec.Struct, frozen=True, rename="camel"):
    status: str
    order_no: str = ""
    fail_cause: str | None = None
    all_electronic_invoice_number: str | None = None
    pdf_url: str | None = None


class _Token(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: int


class _KeptToken(msgspec.Struct, frozen=True):
    access_token: str
    expires_at: float
    """Unix seconds."""


class NuonuoPlatform:
    """A `TaxPlatform`; every call may be made from any thread."""

    def __init__(self, settings: TaxPlatformSettings, clock: Callable[[], datetime] = utc_now) -> None:
        """Keep the settings; nothing is connected yet."""
        self._settings = settings
        self._connection = HttpsConnection(settings.deadline, settings.ca_file)
        self._clock = clock
        self._fetching = threading.Lock()

    def issue(self, order: InvoiceOrder) -> InvoiceOutcome:
        """Order the invoice; the same number again (E9106) tells what became of the first order.

        :raises TaxPlatformDown: ask again with the same order.
        """
        answer = self._call(REQUEST_BILLING, msgspec.json.encode(self._request(order)))
        match answer.code:
            case "E0000":
                return InvoiceOutcome(InvoiceState.PENDING)
            case "E9106":
                return self.query(order.request_no) or InvoiceOutcome(InvoiceState.PENDING)
            case _:
                return InvoiceOutcome(InvoiceState.FAILED, text=f"{answer.code} {answer.describe}".strip())

    def query(self, request_no: str) -> InvoiceOutcome | None:
        """What became of the order with this number; None when the platform does not know it.

        :raises TaxPlatformDown: ask again.
        """
        answer = self._call(QUERY_RESULT, msgspec.json.encode(QueryRequest((request_no,))))
        if answer.code == NOT_FOUND:
            return None
        if answer.code != OK:
            raise TaxPlatformDown(f"tax platform: {answer.code}")
        invoices = _decode(answer.result, list[_Invoice])
        return next((_outcome(invoice) for invoice in invoices if invoice.order_no == request_no), None)

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def _request(self, order: InvoiceOrder) -> BillingRequest:
        return BillingRequest(
            Order(
                buyer_name=order.buyer_name,
                buyer_tax_num=order.buyer_tax_number,
                natural_person_flag="0" if order.buyer_tax_number else "1",
                buyer_phone=order.mobile,
                email=order.email,
                push_mode="2",
                saler_tax_num=order.seller.tax_number,
                saler_tel=order.seller.phone,
                saler_address=order.seller.address,
                order_no=order.request_no,
                invoice_date=to_beijing(self._clock(), DASHED),
                clerk=self._settings.clerk,
                remark=f"订单{order.request_no}",
                invoice_type="1",
                invoice_line="pc",
                invoice_detail=tuple(_detail(order, line) for line in order.lines),
            )
        )

    def _call(self, method: str, body: bytes) -> _Answer:
        token = self._token()
        answer = self._post(method, body, token)
        if answer.code.startswith(_TOKEN_CODES):
            answer = self._post(method, body, self._token(refused=token))
        if not answer.code.startswith("E"):
            raise TaxPlatformDown(f"tax platform: {answer.code}")
        return answer

    def _post(self, method: str, body: bytes, token: str) -> _Answer:
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
        return _decode(self._exchange(settings.url, body, headers, query), _Answer)

    def _exchange(self, url: str, body: bytes, headers: dict[str, str], query: dict[str, str] | None = None) -> bytes:
        try:
            answer = self._connection.post(url, body, headers, query)
        except Unreachable as error:
            raise TaxPlatformDown(f"tax platform: {error}") from error
        if answer.status != 200:
            raise TaxPlatformDown(f"tax platform: HTTP {answer.status}")
        return answer.body

    def _token(self, refused: str = "") -> str:
        """The kept access token, or a new one when it has ended or is the one the gateway `refused`."""
        with self._fetching:
            kept = _read_token(self._settings.token_cache)
            now = self._clock().timestamp()
            if kept and kept.access_token != refused and now < kept.expires_at:
                return kept.access_token
            form = urlencode(
                {
                    "client_id": self._settings.app_key,
                    "client_secret": self._settings.app_secret.decode(),
                    "grant_type": "client_credentials",
                }
            )
            headers = {"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"}
            token = _decode(self._exchange(self._settings.token_url, form.encode(), headers), _Token)
            _keep_token(self._settings.token_cache, _KeptToken(token.access_token, now + token.expires_in - 60))
            return token.access_token


def _detail(order: InvoiceOrder, line: InvoiceLine) -> Detail:
    tax = tax_within(line.total_fen, order.tax_rate)
    return Detail(
        goods_name=line.name,
        goods_code=line.tax_code,
        with_tax_flag="1",
        num=str(line.quantity),
        price=to_yuan(line.unit_fen),
        unit=line.unit,
        tax_rate=str(order.tax_rate),
        tax=to_yuan(tax),
        tax_excluded_amount=to_yuan(line.total_fen - tax),
        tax_included_amount=to_yuan(line.total_fen),
    )


def _outcome(invoice: _Invoice) -> InvoiceOutcome:
    state = _STATES.get(invoice.status)
    if state is None or (state is InvoiceState.ISSUED and not invoice.all_electronic_invoice_number):
        raise TaxPlatformDown(f"tax platform: status {invoice.status[:8]}")
    return InvoiceOutcome(
        state, invoice.all_electronic_invoice_number or "", invoice.pdf_url or "", invoice.fail_cause or ""
    )


def _decode(data: bytes | msgspec.Raw, kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.MsgspecError as error:
        raise TaxPlatformDown("tax platform: the answer cannot be read") from error


def _read_token(path: Path) -> _KeptToken | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_KeptToken)
    except (OSError, msgspec.MsgspecError):
        return None


def _keep_token(path: Path, token: _KeptToken) -> None:
    """Replace the file in one act, readable by this user alone; a disk that refuses costs a fetch, no more."""
    with contextlib.suppress(OSError):
        descriptor, draft = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(token))
        os.replace(draft, path)
