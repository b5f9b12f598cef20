"""The messages of the Alipay stand-in: which requests are let in, how answers and notices are written and signed."""

import json
import secrets
from collections.abc import Container, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlencode

import msgspec

from tui.desk.payments.alipay_codec import request_text, response_node
from tui.desk.payments.alipay_trust import certificate_sn, load_certificate, root_sn
from tui.desk.payments.rsa_keys import load_private, load_public, sign, verifies
from tui.desk.payments.units import DASHED, from_beijing, to_beijing, to_yuan
from tui.sandbox.gateways.payment_keys import AlipayMerchant
from tui.sandbox.gateways.payment_ledger import Stage, Trade
from tui.sandbox.gateways.payment_sandbox import Reply

Node: TypeAlias = dict[str, str]

STATUS = {
    Stage.SCANNED: "WAIT_BUYER_PAY",
    Stage.PAID: "TRADE_SUCCESS",
    Stage.CLOSED: "TRADE_CLOSED",
}
BUYER = {"buyer_logon_id": "138******01", "buyer_user_id": "2088102100000001"}


class Failed(Exception):  # noqa: N818
    """A business error: signed, code 40004."""

    def __init__(self, sub_code: str, sub_msg: str) -> None:
        """Write the node."""
        super().__init__(sub_code)
        self.node = {"code": "40004", "msg": "Business Failed", "sub_code": sub_code, "sub_msg": sub_msg}


class Rejected(Exception):  # noqa: N818
    """A gateway error: not signed."""

    def __init__(self, code: str, sub_code: str, sub_msg: str) -> None:
        """Write the node."""
        super().__init__(sub_code)
        msg = "Missing Required Arguments" if code == "40001" else "Invalid Arguments"
        self.node = {"code": code, "msg": msg, "sub_code": sub_code, "sub_msg": sub_msg}


class AlipaySpeaker:
    """Alipay's side of the keys, and the one application it knows."""

    def __init__(self, directory: Path) -> None:
        """Read what ``make_alipay_keys`` wrote."""
        self.merchant = msgspec.json.decode((directory / "merchant.json").read_bytes(), type=AlipayMerchant)
        self._key = load_private((directory / "alipay_private.pem").read_bytes())
        self._app_key = load_public((directory / "app_public.pem").read_bytes())
        app, alipay = (load_certificate((directory / f"{name}_cert.crt").read_bytes()) for name in ("app", "alipay"))
        self._cert_sn = certificate_sn(alipay)
        self._certificate_mode = {
            "app_cert_sn": certificate_sn(app),
            "alipay_root_cert_sn": root_sn((directory / "alipay_root.crt").read_bytes()),
        }

    def admit(self, fields: Mapping[str, str], methods: Container[str]) -> Node:
        """The text members of ``biz_content``, after every check of the gateway.

        :raises Rejected: the gateway does not pass the request on.
        :raises Failed: the request has no readable content.
        """
        if "method" not in fields:
            raise Rejected("40001", "isv.missing-method", "缺少方法名参数")
        if fields["method"] not in methods:
            raise Rejected("40002", "isv.invalid-method", "不存在的方法名")
        # The application is looked up before its signature is.
        if fields.get("app_id") != self.merchant.app_id:
            raise Rejected("40002", "isv.invalid-app-id", "无效的AppID参数")
        if fields.get("charset", "").lower() != "utf-8":
            raise Rejected("40002", "isv.invalid-charset", "字符集错误")
        if "sign" not in fields:
            raise Rejected("40001", "isv.missing-signature", "缺少签名参数")
        if fields.get("sign_type") != "RSA2":
            raise Rejected("40002", "isv.invalid-signature-type", "无效的签名类型")
        given = {name: fields[name] for name in self._certificate_mode if name in fields}
        if given and given != self._certificate_mode:
            raise Rejected("40002", "isv.invalid-cert-sn", "无效的证书序列号")
        if not verifies(self._app_key, fields["sign"], request_text(fields)):
            raise Rejected("40002", "isv.invalid-signature", "无效签名")
        try:
            from_beijing(fields.get("timestamp", ""), DASHED)
        except ValueError:
            raise Rejected("40002", "isv.invalid-timestamp", "非法的时间戳参数") from None
        return _biz(fields.get("biz_content", ""))

    def answer(self, method: str, node: Node, *, certificates: bool = False) -> Reply:
        """A signed answer; the real gateway escapes slashes, and signs the escaped text.

        With ``certificates`` it names the one it signs with, as it does for an application in certificate mode.
        """
        raw = _dump(node).replace("/", "\\/")
        named = f'"alipay_cert_sn":"{self._cert_sn}",' if certificates else ""
        return Reply(f'{{"{response_node(method)}":{raw},{named}"sign":"{sign(self._key, raw.encode())}"}}'.encode())

    def rejection(self, method: str, node: Node) -> Reply:
        """An unsigned gateway error."""
        return Reply(_dump({response_node(method) if method else "error_response": node}).encode())

    def notice(self, trade: Trade, now: datetime, more: Node) -> bytes:
        """A trade_status_sync form, with ``more`` fields when it tells of a refund."""
        amount = to_yuan(trade.amount_fen)
        fields = {
            "notify_time": to_beijing(now, DASHED),
            "notify_type": "trade_status_sync",
            "notify_id": secrets.token_hex(17),
            "app_id": self.merchant.app_id,
            "auth_app_id": self.merchant.app_id,
            "charset": "utf-8",
            "version": "1.0",
            "trade_no": trade.platform_no,
            "out_trade_no": trade.number,
            "trade_status": STATUS[trade.stage],
            "total_amount": amount,
            "receipt_amount": amount,
            "invoice_amount": amount,
            "buyer_pay_amount": amount,
            "point_amount": "0.00",
            "buyer_id": BUYER["buyer_user_id"],
            "buyer_logon_id": BUYER["buyer_logon_id"],
            "seller_id": self.merchant.seller_id,
            "gmt_create": to_beijing(trade.asked_at, DASHED),
            "gmt_payment": to_beijing(trade.paid_at or now, DASHED),
            "fund_bill_list": json.dumps([{"amount": amount, "fundChannel": "ALIPAYACCOUNT"}], separators=(",", ":")),
            "subject": trade.subject,
            **more,
        }
        text = "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
        return urlencode(fields | {"sign_type": "RSA2", "sign": sign(self._key, text.encode())}).encode()


def _dump(node: Mapping[str, str | Node]) -> str:
    return json.dumps(node, ensure_ascii=False, separators=(",", ":"))


def _biz(text: str) -> Node:
    try:
        biz = json.loads(text)
    except ValueError:
        biz = None
    if not isinstance(biz, dict):
        raise Failed("ACQ.INVALID_PARAMETER", "参数无效")
    return {name: value for name, value in biz.items() if isinstance(value, str)}
