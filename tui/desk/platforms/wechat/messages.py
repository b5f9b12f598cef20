"""WeChat Pay API v3 messages: signed requests, proved answers and notices, encrypted resources (pay.weixin.qq.com)."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tui.desk.crypto.rsa_keys import sign, verifies
from tui.desk.payments.gateway import AnswerNotGenuine
from tui.desk.platforms.wechat.trust import WechatTrust

SCHEME = "WECHATPAY2-SHA256-RSA2048"
TIMESTAMP, NONCE, SERIAL, SIGNATURE = (
    "wechatpay-timestamp",
    "wechatpay-nonce",
    "wechatpay-serial",
    "wechatpay-signature",
)
PROOF = (TIMESTAMP, NONCE, SERIAL, SIGNATURE)
"""The headers that prove a body."""
FRESH = timedelta(minutes=5)
"""How far a message's time may be from ours: an older one may be a repetition."""
ALGORITHM = "AEAD_AES_256_GCM"


@dataclass(frozen=True, slots=True)
class MerchantKey:
    """The merchant's signing key, with the serial number that WeChat Pay knows its certificate by."""

    mchid: str
    serial_no: str
    key: RSAPrivateKey = field(repr=False)

    def authorization(self, method: str, path: str, body: bytes, at: datetime, nonce: str) -> str:
        """The ``Authorization`` header of a request; ``path`` is what follows the host, with the query."""
        timestamp = str(int(at.timestamp()))
        signature = sign(self.key, request_text(method, path, timestamp, nonce, body))
        parts = {
            "mchid": self.mchid,
            "nonce_str": nonce,
            "signature": signature,
            "timestamp": timestamp,
            "serial_no": self.serial_no,
        }
        return f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in parts.items())


def request_text(method: str, path: str, timestamp: str, nonce: str, body: bytes) -> bytes:
    """The bytes that a request's signature is over."""
    return f"{method}\n{path}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"


def answer_text(timestamp: str, nonce: str, body: bytes) -> bytes:
    """The bytes that the signature of an answer or a notice is over."""
    return f"{timestamp}\n{nonce}\n".encode() + body + b"\n"


def is_proved(body: bytes, headers: Mapping[str, str], trust: WechatTrust, now: datetime | None) -> bool:
    """Whether the body is signed; ``now`` is None where an old message is to be judged.

    :raises AnswerNotGenuine: signed by somebody else, or too long ago.
    """
    if SIGNATURE not in headers:
        return False
    timestamp = headers.get(TIMESTAMP, "")
    signed_at = _moment(timestamp)
    if now is not None and abs(now - signed_at) > FRESH:
        raise AnswerNotGenuine("message is of another time")
    key = trust.key_for(headers.get(SERIAL, ""), signed_at)
    if not verifies(key, headers[SIGNATURE], answer_text(timestamp, headers.get(NONCE, ""), body)):
        raise AnswerNotGenuine("signature is wrong")
    return True


def decrypt(algorithm: str, api_v3_key: bytes, nonce: str, ciphertext: str, associated_data: str) -> bytes:
    """What a notice's resource holds.

    :raises AnswerNotGenuine: another algorithm, or not encrypted with this key.
    """
    if algorithm != ALGORITHM:
        raise AnswerNotGenuine("resource is encrypted in an unknown way")
    try:
        data = base64.b64decode(ciphertext, validate=True)
        return AESGCM(api_v3_key).decrypt(nonce.encode(), data, associated_data.encode())
    except (InvalidTag, binascii.Error, ValueError) as error:
        raise AnswerNotGenuine("resource cannot be decrypted with the APIv3 key") from error


def _moment(timestamp: str) -> datetime:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 11):
        raise AnswerNotGenuine("message has no time")
    return datetime.fromtimestamp(int(timestamp), UTC)
