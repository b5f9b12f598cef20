"""The messages of the UnionPay stand-in: which requests are let in, how answers and notices are written and signed."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlencode

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

from tui.desk.crypto.rsa_keys import load_private, sign, verifies
from tui.desk.platforms.unionpay.codec import digest_text
from tui.sandbox.faults import Fault
from tui.sandbox.gateways.common.http import Reply
from tui.sandbox.gateways.common.keys import issue, stranger
from tui.sandbox.gateways.unionpay.keys import PLATFORM_NAME, UnionPayMerchant

Fields: TypeAlias = dict[str, str]

ECHOED = (
    "accessType",
    "bizType",
    "encoding",
    "merId",
    "orderId",
    "reqReserved",
    "signMethod",
    "txnSubType",
    "txnTime",
    "txnType",
    "version",
)


REQUIRED = (
    "version",
    "encoding",
    "signMethod",
    "txnType",
    "txnSubType",
    "bizType",
    "accessType",
    "merId",
    "certId",
    "signature",
)
FORGED = "&respCode=00&origRespCode=00&txnType=01"


class Refused(Exception):  # noqa: N818
    """The call gets another respCode than 00."""

    def __init__(self, code: str, text: str) -> None:
        """Keep respCode and respMsg."""
        super().__init__(code)
        self.code = code
        self.text = text


class UnionPaySpeaker:
    """UnionPay's side of the keys, and the one merchant it knows."""

    def __init__(self, directory: Path) -> None:
        """Read what ``make_unionpay_keys`` wrote."""
        self.merchant = msgspec.json.decode((directory / "merchant.json").read_bytes(), type=UnionPayMerchant)
        self._key = load_private((directory / "platform.key").read_bytes())
        # The real test gateway sends its certificate with CRLF line ends, and signs them.
        self._pem = (directory / "platform.pem").read_text().strip().replace("\n", "\r\n")
        merchant = load_pem_x509_certificate((directory / "merchant.pem").read_bytes())
        self._cert_id = str(merchant.serial_number)
        key = merchant.public_key()
        if not isinstance(key, RSAPublicKey):
            raise TypeError("merchant.pem has no RSA key")
        self._merchant_key = key

    def admit(self, fields: Mapping[str, str]) -> None:
        """Check merchant and signature.

        :raises Refused: 13 a field is missing, 10 another version, 11 wrong signature, 31 unknown merchant.
        """
        for name in REQUIRED:
            if not fields.get(name):
                raise Refused("13", f"报文缺少必填域：{name}[6100013]")
        if fields.get("version") != "5.1.0" or fields.get("signMethod") != "01":
            raise Refused("10", "报文格式错误[6100030]")
        known = fields.get("certId") == self._cert_id
        if not known or not verifies(self._merchant_key, fields.get("signature", ""), digest_text(fields)):
            raise Refused("11", "验证签名失败[9100004]")
        if fields.get("merId") != self.merchant.mer_id:
            raise Refused("31", "商户状态不正确[6100031]")

    def answer(self, request: Mapping[str, str], fields: Fields, flaw: Fault | None = None) -> Reply:
        """A synchronous answer: what was asked and what came of it, signed, without url-encoding."""
        echo = {name: request[name] for name in ECHOED if request.get(name)}
        signed = self._signed(echo | fields, flaw)
        text = "&".join(f"{name}={value}" for name, value in signed.items())
        return Reply((text + (FORGED if flaw is Fault.DUPLICATE_NODE else "")).encode())

    @staticmethod
    def complaint(refused: Refused) -> Reply:
        """An unsigned answer."""
        return Reply(f"respCode={refused.code}&respMsg={refused.text}".encode())

    def notice(self, fields: Fields) -> bytes:
        """A back notice: the same fields as an ordinary form."""
        base = {"version": "5.1.0", "encoding": "UTF-8", "signMethod": "01", "accessType": "0"}
        return urlencode(self._signed(base | {"merId": self.merchant.mer_id} | fields)).encode()

    def _signed(self, fields: Fields, flaw: Fault | None = None) -> Fields:
        key = stranger() if flaw in {Fault.WRONG_SIGNATURE, Fault.WRONG_CHAIN} else self._key
        pem = _impostor() if flaw is Fault.WRONG_CHAIN else self._pem
        carried = dict(sorted(fields.items())) | {"signPubKeyCert": pem}
        return carried | {"signature": sign(key, digest_text(carried))}


@functools.cache
def _impostor() -> str:
    """A certificate with UnionPay's name and the stranger's key, from an authority that calls itself like the real."""
    certificate = issue(PLATFORM_NAME, stranger(), "Kiosk Sandbox OCA1", stranger())
    return certificate.public_bytes(Encoding.PEM).decode("ascii").strip().replace("\n", "\r\n")
