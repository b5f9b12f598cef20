"""Alipay's daily trade bill (业务明细): a zip with CSV files in GBK.

Names of columns, frame lines, tabs behind what a spreadsheet must not take for a number, negative amounts for refunds
and the summary lines are as published parsers and samples show them. Not certain: line ends (CRLF here), whether a
comma within a text is quoted (it is replaced here), and the columns of the second file (业务明细(汇总)).
"""

import zipfile
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from io import BytesIO

from tui.desk.platforms.common.units import DASHED, to_beijing, to_yuan
from tui.sandbox.gateways.common.bills import Entry

COLUMNS = (
    "支付宝交易号",
    "商户订单号",
    "业务类型",
    "商品名称",
    "创建时间",
    "完成时间",
    "门店编号",
    "门店名称",
    "操作员",
    "终端号",
    "对方账户",
    "订单金额（元）",
    "商家实收（元）",
    "支付宝红包（元）",
    "集分宝（元）",
    "支付宝优惠（元）",
    "商家优惠（元）",
    "券核销金额（元）",
    "券名称",
    "商家红包消费金额（元）",
    "卡消费金额（元）",
    "退款批次号/请求号",
    "服务费（元）",
    "分润（元）",
    "备注",
)
SUMMARY_COLUMNS = ("门店编号", "门店名称", "交易订单总笔数", "退款订单总笔数", "订单金额（元）", "商家实收（元）")
BUYER = "**三(138******01)"


def bill_name(seller_id: str, day: date) -> str:
    """What Alipay calls the bill; 0156 follows the merchant's number."""
    return f"{seller_id}0156_{day:%Y%m%d}"


def bill_zip(entries: Sequence[Entry], seller_id: str, day: date, now: datetime) -> bytes:
    """The file that is downloaded."""
    name = bill_name(seller_id, day)
    details, summary = _details(entries, seller_id, day, now), _summary(entries, seller_id, day, now)
    return _zip({f"{name}_业务明细.csv": details, f"{name}_业务明细(汇总).csv": summary})


def _details(entries: Sequence[Entry], seller_id: str, day: date, now: datetime) -> str:
    paid = [entry.amount_fen for entry in entries if not entry.refund]
    returned = [entry.amount_fen for entry in entries if entry.refund]
    lines = [
        "#支付宝业务明细查询",
        *_head(seller_id, day),
        "#-----------------------------------------业务明细列表----------------------------------------",
        ",".join(COLUMNS),
        *(",".join(_row(entry)) for entry in entries),
        "#-----------------------------------------业务明细列表结束------------------------------------",
        f"#交易合计：{len(paid)}笔，商家实收共{to_yuan(sum(paid))}元，商家优惠共0.00元",
        f"#退款合计：{len(returned)}笔，商家实收退款共{_signed(-sum(returned))}元，商家优惠退款共0.00元",
        _exported(now),
    ]
    return "\r\n".join(lines) + "\r\n"


def _row(entry: Entry) -> Sequence[str]:
    trade, refund, nothing, zero = entry.trade, entry.refund, "\t", "0.00"
    amount = _signed(-entry.amount_fen if refund else entry.amount_fen)
    return (
        f"{trade.platform_no}\t",
        f"{trade.number}\t",
        "退款\t" if refund else "交易\t",
        trade.subject.replace(",", "，"),
        to_beijing(trade.asked_at, DASHED),
        to_beijing(entry.at, DASHED),
        *(nothing,) * 4,
        f"{BUYER}\t",
        amount,
        amount,
        *(zero,) * 5,
        "",
        f"{zero}\t",
        zero,
        f"{refund.number}\t" if refund else nothing,
        zero,
        zero,
        "",
    )


def _summary(entries: Sequence[Entry], seller_id: str, day: date, now: datetime) -> str:
    total = _signed(sum(-entry.amount_fen if entry.refund else entry.amount_fen for entry in entries))
    counts = [sum(1 for entry in entries if bool(entry.refund) is back) for back in (False, True)]
    lines = [
        "#支付宝业务汇总查询",
        *_head(seller_id, day),
        "#-----------------------------------------业务汇总列表----------------------------------------",
        ",".join(SUMMARY_COLUMNS),
        ",".join(("合计", "", *map(str, counts), total, total)),
        "#----------------------------------------业务汇总列表结束-------------------------------------",
        _exported(now),
    ]
    return "\r\n".join(lines) + "\r\n"


def _head(seller_id: str, day: date) -> tuple[str, str]:
    begin, end = (f"{one:%Y年%m月%d日} 00:00:00" for one in (day, day + timedelta(days=1)))
    return f"#账号：[{seller_id}0156]", f"#起始日期：[{begin}]   终止日期：[{end}]"


def _exported(now: datetime) -> str:
    return f"#导出时间：[{to_beijing(now, '%Y年%m月%d日 %H:%M:%S')}]"


def _signed(fen: int) -> str:
    return f"-{to_yuan(-fen)}" if fen < 0 else to_yuan(fen)


def _zip(files: dict[str, str]) -> bytes:
    """Names in GBK without the flag for UTF-8: zipfile writes none such, so they replace others of the same length."""
    packed, names = BytesIO(), {}
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for at, (name, text) in enumerate(files.items()):
            wanted = name.encode("gbk")
            names[f"{at}-placeholder-".ljust(len(wanted), "~").encode("ascii")] = wanted
            archive.writestr(f"{at}-placeholder-".ljust(len(wanted), "~"), text.encode("gbk", "replace"))
    written = packed.getvalue()
    for placeholder, wanted in names.items():
        written = written.replace(placeholder, wanted)
    return written
