"""Signed requests to WeChat Pay and what their answers mean (pay.weixin.qq.com/doc/v3, 签名认证, 错误码)."""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlsplit

import msgspec

from tui.desk.outbound import Answer
from tui.desk.payments.gateway import (
    AnswerNotGenuine,
    GatewayMisconfigured,
    GatewayRefused,
    GatewayUnknown,
    PaymentGatewayError,
)
from tui.desk.platforms.common.transport import ANSWER_LIMIT, BILL_LIMIT, Connection
from tui.desk.platforms.wechat.answers import Failed
from tui.desk.platforms.wechat.messages import is_proved
from tui.desk.platforms.wechat.settings import WechatSettings, merchant_key, trust_of

UNDECIDED = {"SYSTEM_ERROR", "BANK_ERROR", "FREQUENCY_LIMITED", "RATELIMIT_EXCEEDED", "USERPAYING"}
OUR_FAULT = {"SIGN_ERROR", "PARAM_ERROR", "NO_AUTH", "NOAUTH", "APPID_MCHID_NOT_MATCH", "MCH_NOT_EXISTS"}


class WechatClient:
    """One merchant's calls."""

    def __init__(self, settings: WechatSettings, clock: Callable[[], datetime], connection: Connection) -> None:
        """Load the keys, which the settings have checked."""
        self.trust = trust_of(settings)
        self._base = settings.gateway_url.rstrip("/")
        self._public_key_id = settings.public_key_id
        self._key = merchant_key(settings)
        self._clock = clock
        self._connection = connection

    def get(self, path: str) -> bytes:
        """The proved answer's body; ``path`` holds the query.

        :raises PaymentGatewayError: as the port says.
        """
        return self._accepted(self._send("GET", f"{self._base}{path}", path, b""))

    def post(self, path: str, asked: Mapping[str, object]) -> bytes:
        """The proved answer's body, empty after 204; raises as ``get`` does."""
        return self._accepted(self._send("POST", f"{self._base}{path}", path, msgspec.json.encode(asked)))

    def download(self, url: str) -> bytes:
        """A file: the request is signed as every other, its answer is not.

        :raises AnswerNotGenuine: the address is not WeChat Pay's.
        """
        try:
            found, ours = urlsplit(url), urlsplit(self._base)
        except ValueError as error:
            raise AnswerNotGenuine("file has no address") from error
        official = found.scheme == "https" and (found.hostname or "").endswith(".mch.weixin.qq.com")
        if not official and (found.scheme, found.netloc) != (ours.scheme, ours.netloc):
            raise AnswerNotGenuine("file is to be fetched from somebody else")
        path = f"{found.path}?{found.query}" if found.query else found.path
        got = self._send("GET", url, path, b"", BILL_LIMIT)
        if got.status != HTTPStatus.OK:
            raise GatewayUnknown(f"HTTP {got.status}")
        return got.body

    def _send(self, method: str, url: str, path: str, body: bytes, limit: int = ANSWER_LIMIT) -> Answer:
        nonce = secrets.token_hex(16).upper()
        headers = {
            "Authorization": self._key.authorization(method, path, body, self._clock(), nonce),
            "Accept": "application/json",
            "User-Agent": "ca-renewal-kiosk",  # a request without one is refused
        }
        if body:
            headers["Content-Type"] = "application/json"
        if self._public_key_id:
            headers["Wechatpay-Serial"] = self._public_key_id  # which key the answer is to be signed with
        return self._connection.call(method, url, headers, body, limit)

    def _accepted(self, answer: Answer) -> bytes:
        """The body of a success; one that is not signed is forged, as the platform's own rules say."""
        signed = is_proved(answer.body, answer.headers, self.trust, self._clock())
        if answer.status not in (HTTPStatus.OK, HTTPStatus.NO_CONTENT):
            raise _refused(answer, signed)
        if not signed:
            raise AnswerNotGenuine("answer is not signed")
        return answer.body


def _refused(answer: Answer, signed: bool) -> PaymentGatewayError:
    """What a failure means: it is signed once the request's signature was found right, so that a refusal must be."""
    try:
        told = msgspec.json.decode(answer.body, type=Failed)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return GatewayUnknown(f"HTTP {answer.status}")
    undecided = answer.status < HTTPStatus.BAD_REQUEST or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    if undecided or answer.status == HTTPStatus.TOO_MANY_REQUESTS or told.code in UNDECIDED:
        return GatewayUnknown(told.code or f"HTTP {answer.status}")
    if answer.status == HTTPStatus.UNAUTHORIZED or told.code in OUR_FAULT:
        return GatewayMisconfigured(told.code, told.message)
    if not signed:
        return AnswerNotGenuine("refusal is not signed")
    return GatewayRefused(told.code, told.message)
