"""The payment platforms that the desk can be connected to: one line each."""

from collections.abc import Mapping
from typing import Any

from tui.core.payment_method import PaymentMethod
from tui.desk.platforms import alipay, unionpay, wechat
from tui.desk.platforms.common.platform import Platform

PLATFORMS: Mapping[PaymentMethod, Platform[Any]] = {
    PaymentMethod.ALIPAY: alipay.PLATFORM,
    PaymentMethod.UNIONPAY: unionpay.PLATFORM,
    PaymentMethod.WECHAT: wechat.PLATFORM,
}
