"""UnionPay 全渠道, QR consume."""

from functools import partial

from tui.desk.platforms.common.platform import Dispute, Kind, Platform, Reader
from tui.desk.platforms.unionpay.codec import read_answer, read_notice
from tui.desk.platforms.unionpay.settings import UnionPaySettings
from tui.desk.platforms.unionpay.trust import UnionPayTrust


def _reader(dispute: Dispute) -> Reader:
    key_for = UnionPayTrust(dispute.trust, dispute.clock).key_for
    match dispute.kind:
        case Kind.ANSWER:
            return partial(read_answer, key_for=key_for, charset=dispute.charset)
        case Kind.NOTICE:
            return partial(read_notice, url="", key_for=key_for, charset=dispute.charset)


PLATFORM = Platform(UnionPaySettings, "tui.desk.platforms.unionpay.gateway:UnionPay", _reader)
