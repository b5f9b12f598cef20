"""The sandbox's WeChat Pay."""

from tui.sandbox.gateways.common.counterpart import Counterpart
from tui.sandbox.gateways.wechat.gateway import WechatSandbox
from tui.sandbox.gateways.wechat.keys import desk_table, make_keys, wechat_settings

COUNTERPART = Counterpart(
    application=WechatSandbox,
    make_keys=make_keys,
    settings=wechat_settings,
    path="",
    desk_table=desk_table,
)
