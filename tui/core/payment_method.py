"""支付方式: the payment platforms by the names that people know them by."""

from enum import StrEnum
from typing import NamedTuple, Self


class Name(NamedTuple):
    """A proper name, which no catalogue translates, in the program's languages."""

    zh: str
    en: str


_NONE = Name("", "")


class PaymentMethod(StrEnum):
    """支付方式; in the order in which the screens offer them, the manual's two first."""

    label: Name
    """What the choice is called."""
    wallet: Name
    """What scans the code."""

    def __new__(cls, code: str, label: Name = _NONE, wallet: Name = _NONE) -> Self:
        """`code` stands on the wire, in databases, settings and addresses; it alone finds the member."""
        made = str.__new__(cls, code)
        made._value_ = code
        made.label, made.wallet = label, wallet
        return made

    UNIONPAY = "unionpay", Name("银联在线支付", "UnionPay Online"), Name("银联手机应用", "the UnionPay app")
    ALIPAY = "alipay", Name("支付宝", "Alipay"), Name("支付宝", "Alipay")
    WECHAT = "wechat", Name("微信支付", "WeChat Pay"), Name("微信", "WeChat")


MANUAL = (PaymentMethod.UNIONPAY, PaymentMethod.ALIPAY)
"""What people know from the manual, and every desk offers that does not tell."""
