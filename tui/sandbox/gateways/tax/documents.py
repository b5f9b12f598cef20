"""The files of a played invoice: PDF to look at, OFD and XML that are only just what their names say."""

import io
import zipfile
from datetime import datetime
from xml.sax.saxutils import escape

from tui.core.beijing import BEIJING
from tui.desk.platforms.common.units import to_fen, to_yuan
from tui.desk.platforms.nuonuo.requests import Order
from tui.sandbox.gateways.tax.pdf import page

SUFFIXES = {".pdf": "application/pdf", ".ofd": "application/octet-stream", ".xml": "application/xml"}
"""Kinds of file and their media types."""


def amounts(order: Order) -> tuple[int, int]:
    """Total with tax, and the tax in it, in fen."""
    lines = order.invoice_detail
    return sum(to_fen(line.tax_included_amount) for line in lines), sum(to_fen(line.tax) for line in lines)


def documents(order: Order, number: str, issued_at: datetime, *, reverses: str = "") -> dict[str, bytes]:
    """The files by their suffix; a red invoice `reverses` another one's number."""
    total, tax = amounts(order)
    sign = "-" if reverses else ""
    words = (
        "电子发票（普通发票）　演示，无法律效力",
        f"发票号码：{number}",
        f"开票日期：{issued_at.astimezone(BEIJING):%Y年%m月%d日}",
        f"购买方：{order.buyer_name}　{order.buyer_tax_num}",
        f"销售方：{order.saler_tax_num}",
        *(
            f"{line.goods_name}　{sign}{line.num} {line.unit}　¥{sign}{line.tax_included_amount}"
            for line in order.invoice_detail
        ),
        f"税额：¥{sign}{to_yuan(tax)}　价税合计：¥{sign}{to_yuan(total)}",
        f"订单号：{order.order_no}　开票人：{order.clerk}",
        *((f"被红冲蓝字数电票号码：{reverses}",) if reverses else ()),
    )
    body = "".join(f"<Line>{escape(word)}</Line>" for word in words)
    xml = f'<?xml version="1.0" encoding="UTF-8"?><EInvoice number="{number}">{body}</EInvoice>'.encode()
    return {".pdf": page(words), ".ofd": _zipped(xml), ".xml": xml}


def _zipped(xml: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("OFD.xml", xml)
    return whole.getvalue()
