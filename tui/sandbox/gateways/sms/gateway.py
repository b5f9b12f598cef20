"""Play the SMS gateway over HTTP: check the signature, keep every message as a file."""

import hmac
import time
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

import msgspec

from tui.desk.notifications.sms import SMS_SIGNATURE_HEADER, SMS_TIME_HEADER, SmsRequest, sms_signature
from tui.sandbox.gateways.common.http import JSON, Call, Reply, Service
from tui.sandbox.mailbox import keep

SKEW = 300
"""Seconds that a timestamp may be off."""


class _Accepted(msgspec.Struct, frozen=True):
    request_id: str
    accepted: bool = True


class _Refusal(msgspec.Struct, frozen=True):
    error: str


def sms_app(directory: Path, key: bytes) -> Service:
    """The stand-in as an ASGI application: POST /send; messages lie in `directory` as `<request_id>.json`."""
    directory.mkdir(parents=True, exist_ok=True)

    def send(call: Call) -> Reply:
        timestamp = call.header(SMS_TIME_HEADER)
        if not timestamp.isascii() or not timestamp.isdigit() or abs(time.time() - int(timestamp)) > SKEW:
            return _refused("timestamp", HTTPStatus.UNAUTHORIZED)
        signature = sms_signature(key, timestamp, call.body)
        if not hmac.compare_digest(signature.encode(), call.header(SMS_SIGNATURE_HEADER).encode()):
            return _refused("signature", HTTPStatus.UNAUTHORIZED)
        try:
            message = msgspec.json.decode(call.body, type=SmsRequest)
        except msgspec.MsgspecError:
            return _refused("body", HTTPStatus.BAD_REQUEST)
        if not (message.mobile.isascii() and message.mobile.isdigit() and len(message.mobile) == 11 and message.text):
            return _refused("mobile or text", HTTPStatus.UNPROCESSABLE_ENTITY)
        path = directory / f"{quote(message.request_id, safe='')}.json"
        if not path.exists():
            keep(path, call.body)
        return Reply(msgspec.json.encode(_Accepted(message.request_id)), content_type=JSON)

    return Service({("POST", "/send"): send})


def _refused(error: str, status: HTTPStatus) -> Reply:
    return Reply(msgspec.json.encode(_Refusal(error)), status, JSON)
