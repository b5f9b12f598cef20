"""The messages of the Alipay stand-in: which requests are let in, how answers and notices are written and signed."""

import json
import secrets
from collections.abc import Container, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlencode

import msgspec

from tui.desk.crypto.rsa_keys import load_private, load_public, sign, verifies
from tui.desk.platforms.alipay.codec import request_text, response_node
from tui.desk.platforms.common.units import DASHED, from_beijing, to_beijing, to_yuan
from tui.sandbox.faults import Fault
from tui.sandbox.gateways.alipay.certificates import (
    ALIPAY_CERTIFICATE,
    APP_CERTIFICATE,
    ROOT_CERTIFICATES,
    root_serials,
    serial,
)
from tui.sandbox.gateways.alipay.keys import AlipayMerchant
from tui.sandbox.gateways.common.http import Call, Reply
from tui.sandbox.gateways.common.keys import stranger
from tui.sandbox.gateways.common.ledger import Stage, Trade

Node: TypeAlias = dict[str, str]

STATUS = {
    Stage.SCANNED: "WAIT_BUYER_PAY",
    Stage.PAID: "TRADE_SUCCESS",
    Stage.CLOSED: "TRADE_CLOSED",
}
BUYER = {"buyer_logon_id": "138******01", "buyer_user_id": "2088102100000001"}
REQUIRED = {
    "app_id": "isv.missing-app-id",
    "sign_type": "isv.missing-signature-type",
    "sign": "isv.missing-signature",
    "timestamp": "isv.missing-timestamp",
    "version": "isv.missing-version",
}
CHARSETS = {"utf-8", "gbk", "gb2312"}
MESSAGES = {
    "20000": "Service Currently Unavailable",
    "40001": "Missing Required Arguments",
    "40002": "Invalid Arguments",
    "40005": "Call Limited",
}
FORGED = {"code": "10000", "msg": "Success", "trade_status": "TRADE_SUCCESS", "fund_change": "Y", "action": "close"}


class Failed(Exception):  # noqa: N818
    """A business error: signed, code 40004 unless the platform is to blame."""

    def __init__(self, sub_code: str, sub_msg: str, more: Node | None = None, *, code: str = "40004") -> None:
        """Write the node."""
        super().__init__(sub_code)
        msg = MESSAGES.get(code, "Business Failed")
        self.node = {"code": code, "msg": msg, "sub_code": sub_code, "sub_msg": sub_msg} | (more or {})


class Rejected(Exception):  # noqa: N818
    """A gateway error: not signed."""

    def __init__(self, code: str, sub_code: str, sub_msg: str) -> None:
        """Write the node."""
        super().__init__(sub_code)
        self.node = {"code": code, "msg": MESSAGES[code], "sub_code": sub_code, "sub_msg": sub_msg}


class AlipaySpeaker:
    """Alipay's side of the keys, and the one application it knows, in public-key and in certificate mode."""

    def __init__(self, directory: Path) -> None:
        """Read what ``make_alipay_keys`` wrote."""
        self.merchant = msgspec.json.decode((directory / "merchant.json").read_bytes(), type=AlipayMerchant)
        self._key = load_private((directory / "alipay_private.pem").read_bytes())
        self._app_key = load_public((directory / "app_public.pem").read_bytes())
        self._own_serial = serial(directory / ALIPAY_CERTIFICATE)
        self._serials = {
            "app_cert_sn": serial(directory / APP_CERTIFICATE),
            "alipay_root_cert_sn": root_serials(directory / ROOT_CERTIFICATES),
        }

    def admit(self, call: Call, methods: Container[str]) -> Node:
        """The text members of ``biz_content``, after every check of the gateway.

        :raises Rejected: the gateway does not pass the request on.
        :raises Failed: the request has no readable content.
        """
        fields = call.fields
        if not fields.get("method"):
            raise Rejected("40001", "isv.missing-method", "缺少方法名参数")
        if fields["method"] not in methods:
            raise Rejected("40002", "isv.invalid-method", "不存在的方法名")
        for name, sub_code in REQUIRED.items():
            if not fields.get(name):
                raise Rejected("40001", sub_code, f"缺少参数 {name}")
            # The application is looked up before its signature is.
            if name == "app_id" and fields[name] != self.merchant.app_id:
                raise Rejected("40002", "isv.invalid-app-id", "无效的AppID参数")
        if fields.get("charset", "").lower() not in CHARSETS:
            raise Rejected("40002", "isv.invalid-charset", "字符集错误")
        if fields["sign_type"] != "RSA2":
            raise Rejected("40002", "isv.invalid-signature-type", "无效的签名类型")
        if not verifies(self._app_key, fields["sign"], request_text(fields, call.charset)):
            raise Rejected("40002", "isv.invalid-signature", "无效签名")
        for name, known in self._serials.items():
            # No public page names the code for a serial that does not fit.
            if is_certified(call) and fields.get(name) != known:
                raise Rejected("40002", "isv.invalid-" + name.replace("_", "-"), f"证书序列号错误：{name}")
        try:
            from_beijing(fields["timestamp"], DASHED)
        except ValueError:
            raise Rejected("40002", "isv.invalid-timestamp", "非法的时间戳参数") from None
        return _biz(fields.get("biz_content", ""))

    def answer(
        self, method: str, node: Node, flaw: Fault | None = None, *, charset: str = "utf-8", certified: bool = False
    ) -> Reply:
        """A signed answer; the real gateway escapes slashes, and signs the escaped text."""
        plain = _dump(node)
        sent = plain.replace("/", "\\/")
        key = stranger() if flaw is Fault.WRONG_SIGNATURE else self._key
        signature = sign(key, (plain if flaw is Fault.ESCAPED_SLASH else sent).encode(charset))
        members = [f'"{response_node(method)}":{sent}']
        if flaw is Fault.DUPLICATE_NODE:
            members.append(f'"{response_node(method)}":{_dump(node | FORGED)}')
        if certified:
            members.append(f'"alipay_cert_sn":"{self._own_serial}"')
        text = "{" + ",".join([*members, f'"sign":"{signature}"']) + "}"
        return Reply(text.encode(charset), content_type=f"text/html;charset={charset}")

    def rejection(self, method: str, node: Node, *, charset: str = "utf-8") -> Reply:
        """An unsigned gateway error."""
        text = _dump({response_node(method) if method else "error_response": node})
        return Reply(text.encode(charset), content_type=f"text/html;charset={charset}")

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


def is_certified(call: Call) -> bool:
    """Whether the request is of certificate mode."""
    return "app_cert_sn" in call.fields or "alipay_root_cert_sn" in call.fields


def _dump(node: Mapping[str, str | Node]) -> str:
    return json.dumps(node, ensure_ascii=False, separators=(",", ":"))


def _biz(text: str) -> Node:
    try:
        # Some SDKs send amounts as numbers; what was written is what counts.
        biz = json.loads(text, parse_float=str, parse_int=str)
    except ValueError:
        biz = None
    if not isinstance(biz, dict):
        raise Failed("ACQ.INVALID_PARAMETER", "参数无效")
    return {name: value for name, value in biz.items() if isinstance(value, str)}
