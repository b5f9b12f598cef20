"""Alipay 订单码 / 当面付."""

from functools import partial

from tui.desk.platforms.alipay.codec import read_answer, read_notice
from tui.desk.platforms.alipay.settings import AlipaySettings
from tui.desk.platforms.alipay.trust import AlipayTrust
from tui.desk.platforms.common.platform import Dispute, Kind, Platform, Reader


def _reader(dispute: Dispute) -> Reader:
    trust = AlipayTrust.of(dispute.trust)
    match dispute.kind:
        case Kind.ANSWER:
            return lambda message: read_answer(message, dispute.method, trust, dispute.charset)
        case Kind.NOTICE:
            return partial(read_notice, trust=trust, charset=dispute.charset)


PLATFORM = Platform(AlipaySettings, "tui.desk.platforms.alipay.gateway:Alipay", _reader)
