"""Every text that the desk sends to people: SMS, mail, and what wallets and statements show; in Simplified Chinese."""

from dataclasses import dataclass
from datetime import datetime

from tui.core.beijing import beijing
from tui.core.order import RefundCause

_REFUNDS: dict[str, str] = {
    RefundCause.PAID_TWICE: "重复支付退款",
    RefundCause.PAID_LATE: "超时支付退款",
    RefundCause.WITHDRAWN: "申请已撤销",
    RefundCause.ISSUING_FAILED: "证书未能签发",
    RefundCause.OPERATOR: "客服退款",
}


@dataclass(frozen=True, slots=True)
class Words:
    """One thing told by SMS (the text alone) and by mail."""

    subject: str
    text: str


def issued(business_no: str, not_after: datetime) -> Words:
    """The new certificate is ready to be installed."""
    end = beijing(not_after)
    until = f"{end.year}年{end.month}月{end.day}日"
    text = f"您的新证书（业务单号{business_no}）已签发，有效期至{until}。请插入办理续期的CA，登录后完成证书安装。"
    return Words("新证书已签发，请安装", text)


def failed(business_no: str, hotline: str) -> Words:
    """The CA refused for good; `hotline` may be empty."""
    text = f"您的新证书（业务单号{business_no}）未能签发，已付款项将原路退回。如有疑问，请联系客服{hotline}。"
    return Words("证书续期未能办理", text)


def invoice(business_no: str, number: str, link: str) -> Words:
    """The e-invoice is issued; `link` may be empty."""
    text = f"业务单号{business_no}的电子发票已开具，发票号码{number}{_link(link)}"
    return Words("电子发票已开具", text)


def red_invoice(business_no: str, number: str, link: str) -> Words:
    """The invoice is taken back because the money is; `link` may be empty."""
    text = f"业务单号{business_no}已退款，原电子发票已红冲，红字发票号码{number}{_link(link)}"
    return Words("电子发票已红冲", text)


def payment_subject(business_no: str) -> str:
    """What a wallet shows over the amount.

    It stays as it is, blank and all: platforms refuse a number that comes again with another subject.
    """
    return f"数字证书续期 {business_no}"


def refund_reason(cause: str) -> str:
    """Why money comes back, as the payment platform shows it beside the refund; another version's word says no more."""
    return _REFUNDS.get(cause, "退款")


def _link(address: str) -> str:
    return f"，下载链接：{address}" if address else "。"
