"""UnionPay 全渠道 5.1.0 messages: signing requests, opening answers and back notices."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from tui.desk.payments.port import AnswerNotGenuine, GatewayMisconfigured
from tui.desk.payments.rsa_keys import sign, verifies
from tui.desk.payments.transport import read_form

OK = {"00", "A6"}
"""Success, and success with a defect that does not concern us."""
UNDECIDED = {"03", "04", "05", "06"}
"""Time-out behind the gateway, state unknown, accepted, busy: only a query tells."""

KeyFor = Callable[[str], RSAPublicKey]
"""The public key of a signPubKeyCert, once that certificate is trusted; raises AnswerNotGenuine."""


class MerchantKey:
    """The merchant's signing key with the number UnionPay knows its certificate by."""

    def __init__(self, pfx: bytes, password: bytes) -> None:
        """Open the merchant's PKCS#12 file.

        :raises ValueError: wrong password, or no RSA key with a certificate inside.
        """
        store = load_pkcs12(pfx, password)
        if not isinstance(store.key, RSAPrivateKey) or store.cert is None:
            raise ValueError("pfx holds no RSA key with its certificate")
        self._key = store.key
        self.cert_id = str(store.cert.certificate.serial_number)
        """The certificate's serial number in decimal."""

    def sign(self, fields: Mapping[str, str]) -> dict[str, str]:
        """The request's fields, trimmed and without empty ones, with ``certId`` and ``signature``."""
        request = {name: value.strip() for name, value in fields.items() if value.strip()} | {"certId": self.cert_id}
        return request | {"signature": sign(self._key, digest_text(request))}


def digest_text(fields: Mapping[str, str]) -> bytes:
    """The bytes a signature is over: the hex SHA-256 of the sorted ``k=v`` text, so that the text is hashed twice."""
    kept = sorted((name, value) for name, value in fields.items() if name != "signature" and value)
    return sha256("&".join(f"{name}={value}" for name, value in kept).encode()).hexdigest().encode("ascii")


def parse_answer(text: str) -> dict[str, str]:
    """The fields of a synchronous answer, which is ``k=v&k=v`` without any url-encoding.

    An ``&`` within ``{}`` or ``[]`` belongs to its value, and one outer pair of braces may enclose everything.

    :raises AnswerNotGenuine: not of this shape, or a field is there twice.
    """
    text = text.strip()
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1]
    fields: dict[str, str] = {}
    depth = start = 0
    for at, mark in enumerate(text + "&"):
        if mark in "{[":
            depth += 1
        elif mark in "}]":
            depth -= 1
        elif mark == "&" and (depth == 0 or at == len(text)):
            name, equals, value = text[start:at].partition("=")
            if not equals or not name or name in fields:
                raise AnswerNotGenuine("answer is not a list of distinct fields")
            fields[name] = value
            start = at + 1
    return fields


def open_answer(body: bytes, key_for: KeyFor) -> dict[str, str]:
    """The fields of a synchronous answer whose signature is right; the ``respCode`` is still to be judged.

    :raises AnswerNotGenuine: no proof that UnionPay said this.
    :raises GatewayMisconfigured: an unsigned complaint.
    """
    try:
        fields = parse_answer(body.decode())
    except UnicodeDecodeError as error:
        raise AnswerNotGenuine("answer is not UTF-8") from error
    if "signature" not in fields and fields.get("respCode", "00") not in OK:
        raise GatewayMisconfigured(fields["respCode"], fields.get("respMsg", ""))
    return _proved(fields, key_for)


def open_notice(body: bytes, url: str, key_for: KeyFor) -> dict[str, str]:
    """The fields of a back notice whose signature is right; what backUrl itself carries is not part of it.

    :raises AnswerNotGenuine: not a form, or no proof that UnionPay said this.
    """
    own = {name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
    return _proved({name: value for name, value in read_form(body).items() if name not in own}, key_for)


def _proved(fields: dict[str, str], key_for: KeyFor) -> dict[str, str]:
    key = key_for(fields.get("signPubKeyCert", ""))
    if not verifies(key, fields.get("signature", ""), digest_text(fields)):
        raise AnswerNotGenuine("signature is wrong")
    return fields
