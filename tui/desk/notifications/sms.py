"""Send SMS by an HTTPS gateway; a message is safe to send again under the same number."""

import hashlib
import hmac
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from tui.desk.notifications.message import NotDelivered
from tui.desk.outbound import HttpsConnection, Unreachable
from tui.desk.settings_reader import Address, Seconds, SecretBytes

SMS_TIME_HEADER = "Sms-Timestamp"
SMS_SIGNATURE_HEADER = "Sms-Signature"


class SmsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The SMS gateway."""

    url: Address
    key: SecretBytes = msgspec.field(name="key_file")
    """The secret shared with the gateway; blanks around it do not count."""
    ca_file: Path | None = None
    """PEM bundle to trust instead of the system's authorities."""
    deadline: Seconds = 10.0
    """Seconds for one exchange."""


class SmsRequest(msgspec.Struct, frozen=True):
    """The body; one `request_id` is sent to the mobile once, however often it is posted."""

    request_id: str
    mobile: str
    text: str

    def __repr__(self) -> str:
        return f"SmsRequest({self.request_id}, ***)"


def sms_signature(key: bytes, timestamp: str, body: bytes) -> str:
    """Lower-case hex HMAC-SHA256 (RFC 2104) over the timestamp (Unix seconds), a full stop and the body."""
    return hmac.new(key, timestamp.encode("ascii") + b"." + body, hashlib.sha256).hexdigest()


class SmsGateway:
    """Sends short messages, usable from any thread."""

    def __init__(self, settings: SmsSettings, clock: Callable[[], float] = time.time) -> None:
        """Keep the key; nothing is connected yet."""
        self._url = settings.url
        self._key = settings.key.strip()
        self._connection = HttpsConnection(settings.deadline, settings.ca_file)
        self._clock = clock

    def send(self, request_id: str, mobile: str, text: str) -> None:
        """Hand one message to the gateway.

        :raises NotDelivered: refused (4xx: final) or not answered (not final).
        """
        body = msgspec.json.encode(SmsRequest(request_id, mobile, text))
        timestamp = str(int(self._clock()))
        headers = {
            "Content-Type": "application/json",
            SMS_TIME_HEADER: timestamp,
            SMS_SIGNATURE_HEADER: sms_signature(self._key, timestamp, body),
        }
        try:
            answer = self._connection.post(self._url, body, headers, again=True)
        except Unreachable as error:
            raise NotDelivered(f"SMS gateway: {error}", final=False) from error
        if not 200 <= answer.status < 300:
            # 401 and 403 are our key or clock, 408 and 429 the gateway's load: all may be put right.
            final = 400 <= answer.status < 500 and answer.status not in (401, 403, 408, 429)
            raise NotDelivered(f"SMS gateway: HTTP {answer.status}", final=final)

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()
