"""The messages of the WeChat Pay stand-in: which requests are let in, how answers and notices are signed and sealed."""

import base64
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509 import load_pem_x509_certificate

from tui.core.beijing import BEIJING
from tui.desk.crypto.rsa_keys import load_private, load_public, sign, verifies
from tui.desk.platforms.wechat.messages import (
    ALGORITHM,
    NONCE,
    SCHEME,
    SERIAL,
    SIGNATURE,
    TIMESTAMP,
    answer_text,
    request_text,
)
from tui.desk.platforms.wechat.trust import PUBLIC_KEY_ID, serial_of
from tui.sandbox.faults import Fault
from tui.sandbox.gateways.common.http import Call, Reply
from tui.sandbox.gateways.common.keys import stranger
from tui.sandbox.gateways.wechat.keys import read_merchant

JSON = "application/json; charset=utf-8"
SKEW = timedelta(minutes=5)
"""How far a request's time may be from the platform's."""
_PART = re.compile(r'([a-z_]+)="([^"]*)"')
FORGED = b'{"trade_state":"SUCCESS","status":"SUCCESS",'


class Refused(Exception):  # noqa: N818
    """The call gets an error code."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        """Keep status, code and message."""
        super().__init__(code)
        self.status = status
        self.told = {"code": code, "message": message}


class WechatSpeaker:
    """WeChat Pay's side of the keys, and the one merchant it knows."""

    def __init__(self, directory: Path, clock: Callable[[], datetime]) -> None:
        """Read what ``make_keys`` wrote."""
        self.merchant = read_merchant(directory)
        self._clock = clock
        self._serial = self.merchant.public_key_id
        self._key = load_private((directory / "platform.key").read_bytes())
        self._certificate = load_pem_x509_certificate((directory / "platform_cert.pem").read_bytes())
        self._merchant_key = load_public((directory / "apiclient_public.pem").read_bytes())
        self._api_v3 = AESGCM((directory / "api_v3.key").read_bytes())

    def admit(self, call: Call) -> None:
        """Check scheme, merchant, time and signature.

        :raises Refused: 401 SIGN_ERROR.
        """
        scheme, _, text = call.headers.get("authorization", "").partition(" ")
        parts = dict(_PART.findall(text))
        path = f"{call.path}?{call.query}" if call.query else call.path
        asked = request_text(call.method, path, parts.get("timestamp", ""), parts.get("nonce_str", ""), call.body)
        if scheme != SCHEME or parts.keys() != {"mchid", "nonce_str", "signature", "timestamp", "serial_no"}:
            raise _sign_error("Http头缺少Authorization或格式有误")
        if (parts["mchid"], parts["serial_no"]) != (self.merchant.mchid, self.merchant.serial_no):
            raise _sign_error("商户证书序列号有误")
        if not parts["timestamp"].isdigit() or self._age(parts["timestamp"]) > SKEW:
            raise _sign_error("Http头Authorization值中的timestamp与发起请求的时间不得超过5分钟")
        if not verifies(self._merchant_key, parts["signature"], asked):
            raise _sign_error("签名错误，请检查后再试")

    def _age(self, timestamp: str) -> timedelta:
        return abs(self._clock() - datetime.fromtimestamp(int(timestamp), BEIJING))

    def answer(
        self, call: Call, told: Mapping[str, object] | None, flaw: Fault | None, status: HTTPStatus = HTTPStatus.OK
    ) -> Reply:
        """A signed answer, by the public key where the merchant names it, else by the platform certificate's."""
        body = msgspec.json.encode(told) if told is not None else b""
        status = status if body else HTTPStatus.NO_CONTENT
        asked = call.headers.get(SERIAL, "")
        self._serial = asked if asked.startswith(PUBLIC_KEY_ID) else serial_of(self._certificate)
        headers = self.proof(body, flaw)
        if flaw is Fault.DUPLICATE_NODE and body:
            body = FORGED + body[1:]
        return Reply(body, status, JSON, headers=headers)

    def proof(self, body: bytes, flaw: Fault | None = None) -> dict[str, str]:
        """The headers that prove a body now, a notice as the last answer."""
        timestamp, nonce = str(int(self._clock().timestamp())), secrets.token_hex(16)
        key = stranger() if flaw is Fault.WRONG_SIGNATURE else self._key
        return {
            TIMESTAMP: timestamp,
            NONCE: nonce,
            SERIAL: self._serial,
            SIGNATURE: sign(key, answer_text(timestamp, nonce, body)),
            f"{SIGNATURE}-type": SCHEME,
        }

    @staticmethod
    def complaint(refused: Refused) -> Reply:
        """An answer without a signature."""
        return Reply(msgspec.json.encode(refused.told), refused.status, JSON)

    def notice(self, event: str, kind: str, content: Mapping[str, object]) -> bytes:
        """A notice with its resource sealed; it is signed when it is sent."""
        nonce = secrets.token_hex(6)
        sealed = self._api_v3.encrypt(nonce.encode(), msgspec.json.encode(content), kind.encode())
        resource = {
            "original_type": kind,
            "algorithm": ALGORITHM,
            "ciphertext": base64.b64encode(sealed).decode("ascii"),
            "associated_data": kind,
            "nonce": nonce,
        }
        notice = {
            "id": secrets.token_hex(16),
            "create_time": rfc3339(self._clock()),
            "resource_type": "encrypt-resource",
            "event_type": event,
            "summary": "支付成功" if kind == "transaction" else "退款成功",
            "resource": resource,
        }
        return msgspec.json.encode(notice)


def rfc3339(moment: datetime) -> str:
    """As WeChat Pay writes times."""
    return moment.astimezone(BEIJING).isoformat(timespec="seconds")


def _sign_error(message: str) -> Refused:
    return Refused(HTTPStatus.UNAUTHORIZED, "SIGN_ERROR", message)
