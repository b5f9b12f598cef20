"""WeChat Pay API v3, Native 下单."""

from tui.desk.platforms.common.platform import Dispute, Platform, Reader
from tui.desk.platforms.wechat.raw import read_raw
from tui.desk.platforms.wechat.settings import WechatSettings
from tui.desk.platforms.wechat.trust import WechatTrust


def _reader(dispute: Dispute) -> Reader:
    trust = WechatTrust.of(dispute.trust)
    return lambda message: read_raw(message, trust)


PLATFORM = Platform(WechatSettings, "tui.desk.platforms.wechat.gateway:Wechat", _reader)
