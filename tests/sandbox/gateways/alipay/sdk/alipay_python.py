# mypy: ignore-errors
"""The official Python SDK `alipay-sdk-python` as a merchant's program: JSON settings on stdin, JSON results on stdout.

The SDK is stock, but for the one function that cannot connect to an address with a port of its own.
"""

import http.client
import json
import sys
import urllib.parse
import urllib.request

town = json.load(sys.stdin)
sys.path.insert(0, town["wheel"])

import alipay.aop.api.util.WebUtils as web_utils  # noqa: E402, N813
from alipay.aop.api.AlipayClientConfig import AlipayClientConfig  # noqa: E402
from alipay.aop.api.DefaultAlipayClient import DefaultAlipayClient  # noqa: E402
from alipay.aop.api.domain.AlipayTradePrecreateModel import AlipayTradePrecreateModel  # noqa: E402
from alipay.aop.api.domain.AlipayTradeQueryModel import AlipayTradeQueryModel  # noqa: E402
from alipay.aop.api.domain.AlipayTradeRefundModel import AlipayTradeRefundModel  # noqa: E402
from alipay.aop.api.exception.Exception import ResponseException  # noqa: E402
from alipay.aop.api.request.AlipayTradePrecreateRequest import AlipayTradePrecreateRequest  # noqa: E402
from alipay.aop.api.request.AlipayTradeQueryRequest import AlipayTradeQueryRequest  # noqa: E402
from alipay.aop.api.request.AlipayTradeRefundRequest import AlipayTradeRefundRequest  # noqa: E402


def get_http_connection(url, query_string, timeout):
    """As the SDK's own, but the target stays in absolute form and the port is a number."""
    parts = urllib.parse.urlsplit(url)
    return f"{url}?{query_string}", http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)


web_utils.get_http_connection = get_http_connection


def client(**changed):
    """A client of the sandbox; keys are bare base64."""
    config = AlipayClientConfig()
    config.server_url = f"{town['base']}/gateway.do"
    config.app_id = town["appId"]
    config.app_private_key = town["privateKey"]
    config.alipay_public_key = town["alipayPublicKey"]
    for name, value in changed.items():
        setattr(config, name, value)
    return DefaultAlipayClient(config)


def execute(made, request):
    """The answer's fields, or what the SDK raised."""
    try:
        return json.loads(made.execute(request))
    except ResponseException as error:
        return {"raised": str(error)}


def query():
    """alipay.trade.query."""
    model = AlipayTradeQueryModel()
    model.out_trade_no = "K1"
    return AlipayTradeQueryRequest(biz_model=model)


def main():
    """Order, look, pay, look, give back; then with wrong keys."""
    order = AlipayTradePrecreateModel()
    order.out_trade_no, order.total_amount, order.subject = "K1", "88.80", "数字证书续期"
    request = AlipayTradePrecreateRequest(biz_model=order)
    request.notify_url = f"{town['base']}/nowhere"
    back = AlipayTradeRefundModel()
    back.out_trade_no, back.refund_amount, back.out_request_no = "K1", "88.80", "RK1"
    told = {"precreate": execute(client(), request), "unscanned": execute(client(), query())}
    paying = json.dumps({"qr": told["precreate"]["qr_code"]}).encode()
    urllib.request.urlopen(f"{town['base']}/sandbox/pay", paying).close()  # noqa: S310
    told["paid"] = execute(client(), query())
    told["refund"] = execute(client(), AlipayTradeRefundRequest(biz_model=back))
    told["wrongAlipayKey"] = execute(client(alipay_public_key=town["appPublicKey"]), query())
    told["wrongAppKey"] = execute(client(app_private_key=town["strangersKey"]), query())
    print(json.dumps(told))


main()
