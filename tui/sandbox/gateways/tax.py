"""The Nuonuo tax platform played over HTTP: token, signature, orders, 20-digit numbers, a PDF for each invoice."""

import hmac
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from typing import TypeAlias
from urllib.parse import parse_qs, quote

import msgspec

from tui.core.beijing import BEIJING
from tui.desk.invoices import tax_within
from tui.desk.nuonuo import (
    DUPLICATE,
    NOT_FOUND,
    OK,
    QUERY_RESULT,
    REQUEST_BILLING,
    BillingRequest,
    Order,
    QueryRequest,
    sign,
)
from tui.desk.payments.units import to_fen, to_yuan, utc_now
from tui.sandbox.gateways.asgi import Request, Response, Service
from tui.sandbox.gateways.pdf import page
from tui.sandbox.mailbox import keep

TOKEN_PATH, SERVICES_PATH, PDF_PATH = "/accessToken", "/open/v1/services", "/invoices/"
TOKEN_LIFE = 24 * 3600
"""Seconds."""
SKEW = 300
"""Seconds that a timestamp may be off."""
BAD_SIGN, BAD_TOKEN, BAD_METHOD = "070201", "070301", "070401"
BAD_ORDER = "E9101"


class TaxKeys(msgspec.Struct, frozen=True):
    """The merchant's application at the platform."""

    app_key: str
    app_secret: str
    seller_tax_number: str


class _Grant(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: int


class _Kept(msgspec.Struct, frozen=True):
    order: Order
    serial: str
    number: str
    ordered_at: datetime


class _Entry(msgspec.Struct, frozen=True, rename="camel"):
    """One entry of the result of queryInvoiceResult."""

    serial_no: str
    order_no: str
    status: str
    status_msg: str
    all_electronic_invoice_number: str = ""
    pdf_url: str = ""
    invoice_time: int | None = None
    ex_tax_amount: str = ""
    tax_amount: str = ""
    order_amount: str = ""


class _Serial(msgspec.Struct, frozen=True, rename="camel"):
    invoice_serial_num: str


_Result: TypeAlias = _Serial | tuple[_Entry, ...] | None


class _Answer(msgspec.Struct, frozen=True):
    code: str
    describe: str
    result: _Result = None


class TaxSandbox:
    """The platform with one seller; orders and PDFs lie in a directory."""

    def __init__(
        self, directory: Path, keys: TaxKeys, *, issue_after: timedelta, clock: Callable[[], datetime]
    ) -> None:
        """See `tax_app`."""
        self._orders, self._invoices = directory / "orders", directory / "invoices"
        for folder in (self._orders, self._invoices):
            folder.mkdir(parents=True, exist_ok=True)
        self._keys = keys
        self._issue_after = issue_after
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens: dict[str, datetime] = {}

    def token(self, request: Request) -> Response:
        """POST /accessToken (client credentials)."""
        form = parse_qs(request.body.decode("utf-8", "replace"))
        client = (form.get("client_id", [""])[0], form.get("client_secret", [""])[0])
        if client != (self._keys.app_key, self._keys.app_secret):
            return Response(b'{"error":"invalid_client"}', HTTPStatus.BAD_REQUEST)
        granted = secrets.token_hex(16)
        self._tokens[granted] = self._clock() + timedelta(seconds=TOKEN_LIFE)
        return Response(msgspec.json.encode(_Grant(granted, TOKEN_LIFE)))

    def services(self, request: Request) -> Response:
        """POST /open/v1/services."""
        return Response(msgspec.json.encode(self._answer(request)))

    def pdf(self, request: Request) -> Response:
        """GET /invoices/<number>.pdf"""
        name = request.path.rpartition("/")[2]
        path = self._invoices / name
        if not name.removesuffix(".pdf").isdigit() or not path.exists():
            return Response(b"{}", HTTPStatus.NOT_FOUND)
        return Response(path.read_bytes(), content_type="application/pdf")

    def _answer(self, request: Request) -> _Answer:
        if not self._signed(request):
            return _Answer(BAD_SIGN, "签名错误")
        if self._tokens.get(request.header("accessToken"), self._clock()) <= self._clock():
            return _Answer(BAD_TOKEN, "accessToken 无效或已过期")
        try:
            method = request.header("method")
            if method == REQUEST_BILLING:
                return self._bill(msgspec.json.decode(request.body, type=BillingRequest).order, request)
            if method == QUERY_RESULT:
                asked = msgspec.json.decode(request.body, type=QueryRequest).order_nos
                return self._query(asked, f"https://{request.header('host')}{PDF_PATH}")
            return _Answer(BAD_METHOD, "method 不存在")
        except msgspec.MsgspecError as error:
            return _Answer(BAD_ORDER, f"参数错误：{error}")

    def _signed(self, request: Request) -> bool:
        query = {name: values[0] for name, values in parse_qs(request.query).items()}
        timestamp = query.get("timestamp", "")
        if not timestamp.isdigit() or abs(self._clock().timestamp() - int(timestamp)) > SKEW:
            return False
        expected = sign(
            self._keys.app_secret.encode(),
            request.body,
            app_key=self._keys.app_key,
            senid=query.get("senid", ""),
            nonce=query.get("nonce", ""),
            timestamp=timestamp,
        )
        return query.get("appkey") == self._keys.app_key and hmac.compare_digest(
            expected.encode(), request.header("X-Nuonuo-Sign").encode()
        )

    def _bill(self, order: Order, request: Request) -> _Answer:
        fault = _fault(order, self._keys, request)
        if fault:
            return _Answer(BAD_ORDER, fault)
        with self._lock:
            path = self._order_path(order.order_no)
            if path.exists():
                return _Answer(DUPLICATE, "订单编号不能重复")
            now = self._clock()
            sequence = sum(1 for _ in self._orders.iterdir()) + 1
            kept = _Kept(order, now.strftime("%y%m%d%H%M%S") + secrets.token_hex(5), f"{now:%y}442{sequence:015d}", now)
            keep(self._invoices / f"{kept.number}.pdf", _printed(kept))
            keep(path, msgspec.json.encode(kept))
        return _Answer(OK, "同步成功", _Serial(kept.serial))

    def _query(self, numbers: tuple[str, ...], pdf_base: str) -> _Answer:
        paths = [path for number in numbers[:50] if (path := self._order_path(number)).exists()]
        if not paths:
            return _Answer(NOT_FOUND, "未查询到开票信息")
        kept = [msgspec.json.decode(path.read_bytes(), type=_Kept) for path in paths]
        return _Answer(OK, "获取成功", tuple(self._shown(invoice, pdf_base) for invoice in kept))

    def _shown(self, kept: _Kept, pdf_base: str) -> _Entry:
        if self._clock() < kept.ordered_at + self._issue_after:
            return _Entry(kept.serial, kept.order.order_no, "20", "开票中")
        total, tax = _amounts(kept.order)
        return _Entry(
            kept.serial,
            kept.order.order_no,
            "2",
            "开票完成",
            all_electronic_invoice_number=kept.number,
            pdf_url=f"{pdf_base}{kept.number}.pdf",
            invoice_time=int(kept.ordered_at.timestamp() * 1000),
            ex_tax_amount=to_yuan(total - tax),
            tax_amount=to_yuan(tax),
            order_amount=to_yuan(total),
        )

    def _order_path(self, number: str) -> Path:
        return self._orders / f"{quote(number, safe='')}.json"


def tax_app(
    directory: Path,
    keys: TaxKeys,
    *,
    issue_after: timedelta = timedelta(0),
    clock: Callable[[], datetime] = utc_now,
) -> Service:
    """The stand-in as an ASGI application; an invoice counts as issued `issue_after` its order."""
    platform = TaxSandbox(directory, keys, issue_after=issue_after, clock=clock)
    return Service(
        {
            ("POST", TOKEN_PATH): platform.token,
            ("POST", SERVICES_PATH): platform.services,
            ("GET", PDF_PATH): platform.pdf,
        }
    )


def _fault(order: Order, keys: TaxKeys, request: Request) -> str:
    """What the platform would refuse, in words; empty when nothing."""
    if order.saler_tax_num != keys.seller_tax_number or request.header("userTax") != keys.seller_tax_number:
        return "销方税号与授权税号不一致"
    if not order.buyer_name or not order.invoice_detail or not 0 < len(order.order_no) <= 64:
        return "购方名称、明细或订单编号为空"
    if bool(order.buyer_tax_num) == (order.natural_person_flag == "1"):
        return "购方税号与自然人标识不一致"
    for line in order.invoice_detail:
        try:
            total, tax = to_fen(line.tax_included_amount), to_fen(line.tax)
            adds_up = total - tax == to_fen(line.tax_excluded_amount) and total == int(line.num) * to_fen(line.price)
            expected = tax_within(total, Decimal(line.tax_rate))
        except (ValueError, ArithmeticError):
            return "明细金额格式错误"
        if not adds_up or abs(tax - expected) > 1 or len(line.goods_code) != 19:
            return "明细金额、税额或税收编码错误"
    return ""


def _amounts(order: Order) -> tuple[int, int]:
    lines = order.invoice_detail
    return sum(to_fen(line.tax_included_amount) for line in lines), sum(to_fen(line.tax) for line in lines)


def _printed(kept: _Kept) -> bytes:
    order = kept.order
    total, tax = _amounts(order)
    return page(
        (
            "电子发票（普通发票）　演示，无法律效力",
            f"发票号码：{kept.number}",
            f"开票日期：{kept.ordered_at.astimezone(BEIJING):%Y年%m月%d日}",
            f"购买方：{order.buyer_name}　{order.buyer_tax_num}",
            f"销售方：{order.saler_tax_num}",
            *(
                f"{line.goods_name}　{line.num} {line.unit}　¥{line.tax_included_amount}"
                for line in order.invoice_detail
            ),
            f"税额：¥{to_yuan(tax)}　价税合计：¥{to_yuan(total)}",
            f"订单号：{order.order_no}　开票人：{order.clerk}",
        )
    )
