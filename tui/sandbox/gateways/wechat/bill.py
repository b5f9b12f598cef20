"""WeChat Pay's daily trade bill (交易账单文件格式说明, ALL): CSV, a grave accent before each field.

Not certain: the mark of byte order at the beginning (there here, as published parsers meet it).
"""

from collections.abc import Sequence

from tui.desk.platforms.common.units import DASHED, to_beijing, to_yuan
from tui.sandbox.gateways.common.bills import Entry
from tui.sandbox.gateways.wechat.keys import WechatMerchant

COLUMNS = (
    "交易时间",
    "公众账号ID",
    "商户号",
    "特约商户号",
    "设备号",
    "微信订单号",
    "商户订单号",
    "用户标识",
    "交易类型",
    "交易状态",
    "付款银行",
    "货币种类",
    "应结订单金额",
    "代金券金额",
    "微信退款单号",
    "商户退款单号",
    "退款金额",
    "充值券退款金额",
    "退款类型",
    "退款状态",
    "商品名称",
    "商户数据包",
    "手续费",
    "费率",
    "订单金额",
    "申请退款金额",
    "费率备注",
)
SUMS = (
    "总交易单数",
    "应结订单总金额",
    "退款总金额",
    "充值券退款总金额",
    "手续费总金额",
    "订单总金额",
    "申请退款总金额",
)


def bill_csv(entries: Sequence[Entry], merchant: WechatMerchant) -> bytes:
    """The file that is downloaded."""
    paid = sum(entry.amount_fen for entry in entries if not entry.refund)
    back = sum(entry.amount_fen for entry in entries if entry.refund)
    sums = (str(len(entries)), to_yuan(paid), to_yuan(back), "0.00", "0.00000", to_yuan(paid), to_yuan(back))
    lines = [
        "\ufeff" + ",".join(COLUMNS),
        *(_marked(_values(entry, merchant)) for entry in entries),
        ",".join(SUMS),
        _marked(sums),
    ]
    return ("\r\n".join(lines) + "\r\n").encode()


def _marked(values: Sequence[str]) -> str:
    return ",".join(f"`{value}" for value in values)


def _values(entry: Entry, merchant: WechatMerchant) -> list[str]:
    trade, refund, yuan = entry.trade, entry.refund, to_yuan(entry.amount_fen)
    values = {
        "交易时间": to_beijing(entry.at, DASHED),
        "公众账号ID": merchant.appid,
        "商户号": merchant.mchid,
        "特约商户号": "0",
        "微信订单号": trade.platform_no,
        "商户订单号": trade.number,
        "用户标识": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "交易类型": "NATIVE",
        "交易状态": "REFUND" if refund else "SUCCESS",
        "付款银行": "OTHERS",
        "货币种类": "CNY",
        "应结订单金额": "0.00" if refund else yuan,
        "代金券金额": "0.00",
        "微信退款单号": refund.platform_no if refund else "0",
        "商户退款单号": refund.number if refund else "0",
        "退款金额": yuan if refund else "0.00",
        "充值券退款金额": "0.00",
        "退款类型": "ORIGINAL" if refund else "",
        "退款状态": "SUCCESS" if refund else "",
        "商品名称": trade.subject,
        "手续费": "0.00000",
        "费率": "0.60%",
        "订单金额": "0.00" if refund else yuan,
        "申请退款金额": yuan if refund else "0.00",
    }
    return [values.get(name, "") for name in COLUMNS]
