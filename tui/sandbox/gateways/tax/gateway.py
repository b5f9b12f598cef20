"""The Nuonuo tax platform played over HTTP: token, signature, blue and red invoices with 20-digit numbers, files.

States on command: `tui.sandbox.gateways.tax.ledger.command`, also while the platform runs in another process.
"""

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path

import msgspec

from tui.desk.invoices.tax_platform import tax_within
from tui.desk.platforms.common.units import to_fen
from tui.desk.platforms.nuonuo.answers import DUPLICATE, NOT_FOUND, OK
from tui.desk.platforms.nuonuo.requests import (
    FAST_RED,
    QUERY_RED_CONFIRM,
    QUERY_RESULT,
    REFRESH_RED_CONFIRM,
    REISSUE,
    REQUEST_BILLING,
    SAVE_RED_CONFIRM,
    BillingRequest,
    FastRed,
    Order,
    QueryRequest,
    RedQuery,
    RedRequest,
    ReissueRequest,
    sign,
)
from tui.process.clock import utc_now
from tui.sandbox.gateways.common.http import JSON, Call, Reply, Service
from tui.sandbox.gateways.tax.answers import Answer, Forms, Serial, entry, form
from tui.sandbox.gateways.tax.callbacks import Caller
from tui.sandbox.gateways.tax.documents import SUFFIXES
from tui.sandbox.gateways.tax.keys import SERVICES_PATH, TOKEN_PATH, TaxKeys
from tui.sandbox.gateways.tax.ledger import Reversed, Sold, TaxLedger

FILE_PATH = "/invoices/"
TOKEN_LIFE = 24 * 3600
"""Seconds."""
SKEW = 300
"""Seconds that a timestamp may be off."""
BAD_SIGN, BAD_TOKEN, BAD_METHOD = "070201", "070301", "070401"
BAD_ORDER, REFUSED = "E9101", "E9999"


class _Grant(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: int


class TaxSandbox:
    """The platform with one seller."""

    def __init__(
        self, ledger: TaxLedger, keys: TaxKeys, clock: Callable[[], datetime], call_back: Caller | None
    ) -> None:
        """See `tax_app`."""
        self._ledger, self._keys, self._clock, self._call_back = ledger, keys, clock, call_back
        self._tokens: dict[str, datetime] = {}

    def token(self, call: Call) -> Reply:
        """POST /accessToken (client credentials)."""
        client = (call.fields.get("client_id"), call.fields.get("client_secret"))
        if client != (self._keys.app_key, self._keys.app_secret):
            return Reply(b'{"error":"invalid_client"}', HTTPStatus.BAD_REQUEST, JSON)
        granted = secrets.token_hex(16)
        self._tokens[granted] = self._clock() + timedelta(seconds=TOKEN_LIFE)
        return Reply(msgspec.json.encode(_Grant(granted, TOKEN_LIFE)), content_type=JSON)

    def services(self, call: Call) -> Reply:
        """POST /open/v1/services."""
        return Reply(msgspec.json.encode(self._answer(call)), content_type=JSON)

    def file(self, call: Call) -> Reply | None:
        """GET /invoices/<number>.pdf, .ofd, .xml"""
        name = call.path.rpartition("/")[2]
        content = self._ledger.file(name)
        return Reply(content, content_type=SUFFIXES[Path(name).suffix]) if content is not None else None

    def _answer(self, call: Call) -> Answer:
        if not self._signed(call):
            return Answer(BAD_SIGN, "签名错误")
        if self._tokens.get(call.header("accessToken"), self._clock()) <= self._clock():
            return Answer(BAD_TOKEN, "accessToken 无效或已过期")
        try:
            match call.header("method"):
                case method if method == REQUEST_BILLING:
                    return self._bill(msgspec.json.decode(call.body, type=BillingRequest).order, call)
                case method if method == QUERY_RESULT:
                    return self._query(msgspec.json.decode(call.body, type=QueryRequest), call.header("host"))
                case method if method == REISSUE:
                    return self._reissue(msgspec.json.decode(call.body, type=ReissueRequest).orderno)
                case method if method == SAVE_RED_CONFIRM:
                    return self._apply(msgspec.json.decode(call.body, type=RedRequest))
                case method if method == QUERY_RED_CONFIRM:
                    return self._red_forms(msgspec.json.decode(call.body, type=RedQuery).bill_id)
                case method if method == REFRESH_RED_CONFIRM:
                    return Answer(OK, "请求成功")
                case method if method == FAST_RED:
                    return self._fetch_red(msgspec.json.decode(call.body, type=FastRed))
                case _:
                    return Answer(BAD_METHOD, "method 不存在")
        except msgspec.MsgspecError as error:
            return Answer(BAD_ORDER, f"参数错误：{error}")

    def _signed(self, call: Call) -> bool:
        query = call.fields
        timestamp = query.get("timestamp", "")
        if not timestamp.isdigit() or abs(self._clock().timestamp() - int(timestamp)) > SKEW:
            return False
        expected = sign(
            self._keys.app_secret.encode(),
            call.body,
            app_key=self._keys.app_key,
            senid=query.get("senid", ""),
            nonce=query.get("nonce", ""),
            timestamp=timestamp,
        )
        return query.get("appkey") == self._keys.app_key and hmac.compare_digest(
            expected.encode(), call.header("X-Nuonuo-Sign").encode()
        )

    def _bill(self, order: Order, call: Call) -> Answer:
        fault = _fault(order, self._keys, call)
        if fault:
            return Answer(BAD_ORDER, fault)
        sold = self._ledger.sell(order)
        if sold is None:
            return Answer(DUPLICATE, "订单编号不能重复")
        if self._call_back and order.call_back_url:
            self._call_back(order.call_back_url, order.order_no, sold.serial)
        return Answer(OK, "同步成功", Serial(sold.serial))

    def _query(self, asked: QueryRequest, host: str) -> Answer:
        found: list[Sold | Reversed | None] = [self._ledger.sold(number) for number in asked.order_nos[:50]]
        found += [self._ledger.by_serial(number) for number in asked.serial_nos[:50]]
        entries = tuple(entry(self._ledger, invoice, f"https://{host}{FILE_PATH}") for invoice in found if invoice)
        return Answer(OK, "获取成功", entries) if entries else Answer(NOT_FOUND, "未查询到开票信息")

    def _reissue(self, order_no: str) -> Answer:
        if self._ledger.commanded(order_no) is None:
            return Answer(REFUSED, "发票已生成，无需再重试开票")
        self._ledger.release(order_no)
        return Answer(OK, "请求成功")

    def _apply(self, request: RedRequest) -> Answer:
        if request.seller_tax_no != self._keys.seller_tax_number or not 0 < len(request.bill_id) <= 32:
            return Answer(BAD_ORDER, "销方税号或申请号错误")
        red = self._ledger.reverse(request)
        if red is None:
            return Answer(REFUSED, "申请号重复，或蓝票不存在")
        return Answer(OK, "申请成功", request.bill_id)

    def _red_forms(self, bill_id: str) -> Answer:
        red = self._ledger.reversed(bill_id)
        forms = (form(self._ledger, red),) if red else ()
        return Answer(OK, "查询成功", Forms(len(forms), forms))

    def _fetch_red(self, asked: FastRed) -> Answer:
        red = self._ledger.reversed(asked.order_no)
        if red is None or asked.elec_invoice_number != red.request.blue_elec_invoice_number:
            return Answer(NOT_FOUND, "未查询到红字确认单")
        self._ledger.release(asked.order_no)
        return Answer(OK, "请求成功", Serial(red.serial))


def tax_app(
    directory: Path,
    keys: TaxKeys,
    *,
    issue_after: timedelta = timedelta(0),
    clock: Callable[[], datetime] = utc_now,
    call: Caller | None = None,
) -> Service:
    """The stand-in as an ASGI application; an invoice counts as issued `issue_after` its order."""
    platform = TaxSandbox(TaxLedger(directory, issue_after, clock), keys, clock, call)
    return Service(
        {
            ("POST", TOKEN_PATH): platform.token,
            ("POST", SERVICES_PATH): platform.services,
            ("GET", FILE_PATH): platform.file,
        }
    )


def _fault(order: Order, keys: TaxKeys, call: Call) -> str:
    """What the platform would refuse, in words; empty when nothing."""
    if order.saler_tax_num != keys.seller_tax_number or call.header("userTax") != keys.seller_tax_number:
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
