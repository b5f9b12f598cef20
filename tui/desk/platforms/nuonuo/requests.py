"""What is said to the Nuonuo open platform: methods, bodies, the signature."""

import base64
import hashlib
import hmac

import msgspec

from tui.desk.invoices.tax_platform import InvoiceLine, InvoiceOrder, RedOrder, tax_within
from tui.desk.platforms.common.units import to_yuan

REQUEST_BILLING = "nuonuo.OpeMplatform.requestBillingNew"
QUERY_RESULT = "nuonuo.OpeMplatform.queryInvoiceResult"
REISSUE = "nuonuo.OpeMplatform.reInvoice"
SAVE_RED_CONFIRM = "nuonuo.OpeMplatform.saveInvoiceRedConfirm"
QUERY_RED_CONFIRM = "nuonuo.OpeMplatform.queryInvoiceRedConfirm"
REFRESH_RED_CONFIRM = "nuonuo.OpeMplatform.refreshInvoiceRedConfirm"
FAST_RED = "nuonuo.OpeMplatform.fastInvoiceRed"

BLUE, ORDINARY = "1", "pc"
"""`invoiceType` of what is no red invoice; `invoiceLine` of a 数电普票."""
BY_SELLER = "0"
_SERVICE_ENDED = "3"
"""冲红原因 服务中止: the money for the service went back."""


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
    """Beijing time."""
    clerk: str
    remark: str
    invoice_type: str
    invoice_line: str
    invoice_detail: tuple[Detail, ...]
    call_back_url: str = ""

    def __repr__(self) -> str:
        return f"Order({self.order_no}, ***)"


class BillingRequest(msgspec.Struct, frozen=True):
    """Body of requestBillingNew."""

    order: Order


class QueryRequest(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Body of queryInvoiceResult: by order numbers or by serial numbers."""

    order_nos: tuple[str, ...] = ()
    serial_nos: tuple[str, ...] = ()


class ReissueRequest(msgspec.Struct, frozen=True):
    """Body of reInvoice."""

    orderno: str


class RedRequest(msgspec.Struct, frozen=True, rename="camel"):
    """Body of saveInvoiceRedConfirm; without lines it stands for the whole invoice."""

    bill_id: str
    """Ours, unique, at most 32."""
    blue_invoice_line: str
    apply_source: str
    blue_elec_invoice_number: str
    seller_tax_no: str
    seller_name: str
    buyer_tax_no: str
    buyer_name: str
    red_reason: str
    """1 returned, 2 wrong, 3 service ended, 4 discount."""
    callback_url: str = ""

    def __repr__(self) -> str:
        return f"RedRequest({self.bill_id}, ***)"


class RedQuery(msgspec.Struct, frozen=True, rename="camel"):
    """Body of queryInvoiceRedConfirm."""

    identity: str
    bill_id: str


class RedRefresh(msgspec.Struct, frozen=True, rename="camel"):
    """Body of refreshInvoiceRedConfirm: the platform asks the tax bureau."""

    identity: str
    bill_uuid: str


class FastRed(msgspec.Struct, frozen=True, rename="camel"):
    """Body of fastInvoiceRed: fetches the red invoice that the tax bureau has issued by itself."""

    order_no: str
    tax_num: str
    elec_invoice_number: str
    bill_no: str
    bill_uuid: str
    invoice_line: str


def billing_request(order: InvoiceOrder, clerk: str, invoice_date: str) -> BillingRequest:
    """The order as requestBillingNew takes it; the desk delivers it, so the platform sends nothing to the buyer."""
    return BillingRequest(
        Order(
            buyer_name=order.buyer_name,
            buyer_tax_num=order.buyer_tax_number,
            natural_person_flag="0" if order.buyer_tax_number else "1",
            buyer_phone=order.mobile,
            email=order.email,
            push_mode="-1",
            saler_tax_num=order.seller.tax_number,
            saler_tel=order.seller.phone,
            saler_address=order.seller.address,
            order_no=order.request_no,
            invoice_date=invoice_date,
            clerk=clerk,
            remark=f"订单{order.request_no}",
            invoice_type=BLUE,
            invoice_line=ORDINARY,
            invoice_detail=tuple(_detail(order, line) for line in order.lines),
            call_back_url=order.callback_url,
        )
    )


def red_request(order: RedOrder) -> RedRequest:
    """The application as saveInvoiceRedConfirm takes it."""
    return RedRequest(
        bill_id=order.request_no,
        blue_invoice_line=ORDINARY,
        apply_source=BY_SELLER,
        blue_elec_invoice_number=order.blue_number,
        seller_tax_no=order.seller.tax_number,
        seller_name=order.seller.name,
        buyer_tax_no=order.buyer_tax_number,
        buyer_name=order.buyer_name,
        red_reason=_SERVICE_ENDED,
        callback_url=order.callback_url,
    )


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
