"""The sandbox's UnionPay."""

from tui.sandbox.gateways.common.counterpart import Counterpart
from tui.sandbox.gateways.unionpay.gateway import UnionPaySandbox
from tui.sandbox.gateways.unionpay.keys import desk_table, make_unionpay_keys, unionpay_settings

COUNTERPART = Counterpart(
    application=UnionPaySandbox,
    make_keys=make_unionpay_keys,
    settings=unionpay_settings,
    path="/gateway/api",
    desk_table=desk_table,
)
