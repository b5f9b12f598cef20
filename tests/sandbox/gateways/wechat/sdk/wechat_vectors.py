# mypy: ignore-errors
"""Writes `wechatpay_python_sdk.json`: what PyPI's `wechatpayv3` signs, verifies and decrypts; keys.json on stdin.

pip install wechatpayv3==2.0.4 && python wechat_vectors.py <keys.json >wechatpay_python_sdk.json
"""

import base64
import json
import sys
from unittest import mock

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from wechatpayv3 import utils

keys = json.load(sys.stdin)
MCHID, SERIAL, KEY = "1900000109", "5157F09EFDC096DE15EBE81A47057A7232F1B8E1", "k1osKsandb0xAPIv3key0fthirtytwo0"
TIME, NONCE = "1795862400", "593BEC0C930BF1AFEB40B4A08C8FB242"
merchant = utils.load_private_key(keys["app"]["private_pkcs8_pem"])
platform = utils.load_private_key(keys["alipay"]["private_pkcs8_pem"])
order = {
    "appid": "wxd678efh567hg6787",
    "mchid": MCHID,
    "description": "数字证书续期 YW2026112800000001",
    "out_trade_no": "ZF2026112812000000000001",
    "time_expire": "2026-11-28T12:05:15+08:00",
    "notify_url": "https://desk.example.com/notify/wechat",
    "amount": {"total": 20000, "currency": "CNY"},
}
CALLS = {
    "order": ("POST", "/v3/pay/transactions/native", json.dumps(order)),
    "query": ("GET", f"/v3/pay/transactions/out-trade-no/{order['out_trade_no']}?mchid={MCHID}", ""),
    "close": ("POST", f"/v3/pay/transactions/out-trade-no/{order['out_trade_no']}/close", json.dumps({"mchid": MCHID})),
    "bill": ("GET", "/v3/bill/tradebill?bill_date=2026-11-27&bill_type=ALL", ""),
}
BODIES = {
    "answer": '{"code_url":"weixin://wxpay/bizpayurl?pr=p4lpSuKzz"}',
    "no content": "",
    "chinese": '{"message":"订单不存在"}',
}
PAID = '{"mchid":"1900000109","out_trade_no":"ZF2026112812000000000001","trade_state_desc":"支付成功"}'


def authorization(method, path, body):
    """The header, at a fixed time."""
    with mock.patch.object(utils.time, "time", return_value=float(TIME)):
        return utils.build_authorization(path, method, MCHID, SERIAL, merchant, data=body, nonce_str=NONCE)


def signed(name, body):
    """A message of the platform, and what the SDK says of it and of the same with another body, nonce or time."""
    signature = utils.rsa_sign(platform, f"{TIME}\n{NONCE}\n{body}\n")
    told = {"timestamp": TIME, "nonce": NONCE, "body": body}
    altered = [told, told | {"body": body + " "}, told | {"nonce": NONCE.lower()}, told | {"timestamp": "1795862401"}]
    verdicts = [utils.rsa_verify(**one, signature=signature, public_key=platform.public_key()) for one in altered]
    return [
        {"name": name, **one, "signature": signature, "genuine": v} for one, v in zip(altered, verdicts, strict=True)
    ]


def sealed(key, associated_data):
    """A resource, and what the SDK reads in it with the merchant's key."""
    data = AESGCM(key.encode()).encrypt(b"fdasflkja484", PAID.encode(), associated_data.encode())
    resource = {
        "nonce": "fdasflkja484",
        "ciphertext": base64.b64encode(data).decode(),
        "associated_data": associated_data,
    }
    return resource | {"plain": utils.aes_decrypt(**resource, apiv3_key=KEY)}


vectors = {
    "_source": "wechatpayv3 2.0.4 (PyPI), clock and nonce fixed; keys.json: app is the merchant, alipay the platform",
    "mchid": MCHID,
    "serial_no": SERIAL,
    "timestamp": TIME,
    "nonce": NONCE,
    "api_v3_key": KEY,
    "requests": [
        {"name": name, "method": m, "path": p, "body": b, "authorization": authorization(m, p, b)}
        for name, (m, p, b) in CALLS.items()
    ],
    "messages": [one for name, body in BODIES.items() for one in signed(name, body)],
    "resources": [sealed(KEY, "transaction"), sealed(KEY, ""), sealed(KEY[::-1], "transaction")],
}
json.dump(vectors, sys.stdout, ensure_ascii=False, indent=1)
