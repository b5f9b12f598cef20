"""The sandbox's Alipay."""

from tui.sandbox.gateways.alipay.gateway import AlipaySandbox
from tui.sandbox.gateways.alipay.keys import alipay_settings, desk_table, make_alipay_keys
from tui.sandbox.gateways.common.counterpart import Counterpart

COUNTERPART = Counterpart(
    application=AlipaySandbox,
    make_keys=make_alipay_keys,
    settings=alipay_settings,
    path="/gateway.do",
    desk_table=desk_table,
)
