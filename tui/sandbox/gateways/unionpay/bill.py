"""UnionPay's reconciliation file (全渠道平台接入接口规范 第3部分 文件接口, 6.1 ZM): fixed widths, a space between two.

Order, widths and meaning of the fields are as UnionPay's own demo and published parsers have them. Not certain: the
transaction code of the first field (S22 and S30 here), how empty fields are filled (spaces here) and the encoding of
texts (GBK here). Tell the kind of an entry by txnType, not by the transaction code.
"""

import base64
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO

from tui.desk.platforms.common.units import COMPACT, to_beijing
from tui.sandbox.gateways.common.bills import Entry

FIELDS = (
    ("交易代码", 3),
    ("代理机构标识码", 11),
    ("发送机构标识码", 11),
    ("系统跟踪号", 6),
    ("交易传输时间", 10),
    ("账号", 19),
    ("交易金额", 12),
    ("商户类别", 4),
    ("终端类型", 2),
    ("查询流水号", 21),
    ("支付方式（旧）", 2),
    ("商户订单号", 32),
    ("支付卡类型", 2),
    ("原始交易的系统跟踪号", 6),
    ("原始交易日期时间", 10),
    ("商户手续费", 13),
    ("结算金额", 13),
    ("支付方式", 4),
    ("集团商户代码", 15),
    ("交易类型", 2),
    ("交易子类", 2),
    ("业务类型", 6),
    ("账号类型", 2),
    ("账单类型", 4),
    ("账单号码", 32),
    ("交互方式", 1),
    ("原交易查询流水号", 21),
    ("商户代码", 15),
    ("分账入账方式", 1),
    ("二级商户代码", 15),
    ("二级商户简称", 32),
    ("二级商户分账入账金额", 13),
    ("清算净额", 13),
    ("终端号", 8),
    ("商户自定义域", 32),
    ("优惠金额", 13),
    ("发票金额", 13),
    ("分期付款附加手续费", 12),
    ("分期付款期数", 2),
    ("交易介质", 1),
    ("原始交易订单号", 32),
    ("保留使用", 98),
)
"""Name and width of each field."""


def file_name(mer_id: str, day: date) -> str:
    """The answer's fileName."""
    return f"{mer_id}_{day:%Y%m%d}.zip"


def file_content(entries: Sequence[Entry], mer_id: str, day: date) -> str:
    """The answer's fileContent: base64 of a zlib stream of a zip with the ZM file and a ZME file without errors."""
    lines = (" ".join(_padded(name, width, _values(entry, mer_id)) for name, width in FIELDS) for entry in entries)
    text = "".join(f"{line}\r\n" for line in lines)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"INN{day:%y%m%d}88ZM_{mer_id}", text.encode("gbk", "replace"))
        archive.writestr(f"INN{day:%y%m%d}88ZME_{mer_id}", b"")
    return base64.b64encode(zlib.compress(packed.getvalue())).decode("ascii")


def _values(entry: Entry, mer_id: str) -> Mapping[str, str]:
    trade, refund = entry.trade, entry.refund
    sent, first_sent = (to_beijing(moment, COMPACT)[4:] for moment in (entry.at, trade.paid_at or entry.at))
    # Credit to the merchant for what came in, debit for what goes back.
    settled = f"{'D' if refund else 'C'}{entry.amount_fen:012d}"
    values = {
        "交易代码": "S30" if refund else "S22",
        "代理机构标识码": "00010000",
        "发送机构标识码": "00010000",
        "系统跟踪号": sent[-6:],
        "交易传输时间": sent,
        "账号": "622202*********0001",
        "交易金额": f"{entry.amount_fen:012d}",
        "商户类别": "9399",
        "终端类型": "08",
        "查询流水号": refund.platform_no if refund else trade.platform_no,
        "商户订单号": refund.number if refund else trade.number,
        "支付卡类型": "01",
        "商户手续费": f"{'C' if refund else 'D'}{0:012d}",
        "结算金额": settled,
        "交易类型": refund.kind if refund else "01",
        "交易子类": "00" if refund else "07",
        "业务类型": "000000",
        "商户代码": mer_id,
        "清算净额": settled,
    }
    if not refund:
        return values
    original = {"原始交易的系统跟踪号": first_sent[-6:], "原始交易日期时间": first_sent}
    return values | original | {"原交易查询流水号": trade.platform_no, "原始交易订单号": trade.number}


def _padded(name: str, width: int, values: Mapping[str, str]) -> str:
    return values.get(name, "")[:width].ljust(width)
