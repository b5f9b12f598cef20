"""UnionPay 全渠道 5.1.0 messages: signing requests, opening answers and back notices."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import sha256
from urllib.parse import parse_qsl, urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from tui.desk.crypto.rsa_keys import sign, verifies
from tui.desk.payments.gateway import AnswerAmbiguous, AnswerNotGenuine, GatewayMisconfigured, GatewayUnknown, Message
from tui.desk.platforms.common.charsets import BYTES, UTF8, charsets_of, read_alike
from tui.desk.platforms.common.forms import in_charset, read_form, refuse_hidden, signed_text

OK = {"00", "A6"}
"""Success, and success with a defect that does not concern us."""
UNDECIDED = {"03", "04", "05", "06", "37"}
"""Time-out behind the gateway, state unknown, accepted, busy, asked too often: only a later query tells."""

KeyFor = Callable[[str], RSAPublicKey]
"""The public key of a signPubKeyCert, once that certificate is trusted; raises AnswerNotGenuine."""


class MerchantKey:
    """The merchant's signing key with the number UnionPay knows its certificate by."""

    def __init__(self, pfx: bytes, password: bytes) -> None:
        """Open the merchant's PKCS#12 file.

        :raises ValueError: wrong password, or no RSA key with a certificate inside.
        """
        self._key, serial = _opened(pfx, password)
        self.cert_id = str(serial)
        """The certificate's serial number in decimal."""

    def sign(self, fields: Mapping[str, str]) -> dict[str, str]:
        """The request's fields, trimmed and without empty ones, with ``certId`` and ``signature``."""
        request = {name: value.strip() for name, value in fields.items() if value.strip()} | {"certId": self.cert_id}
        return request | {"signature": sign(self._key, digest_text(request))}


@lru_cache(maxsize=8)
def _opened(pfx: bytes, password: bytes) -> tuple[RSAPrivateKey, int]:
    """The key, with its certificate's serial number; kept once opened: the check of the key's numbers takes 40 ms."""
    try:
        store = load_pkcs12(pfx, password)
    except UnsupportedAlgorithm as error:
        raise ValueError("pfx holds no RSA key") from error
    if not isinstance(store.key, RSAPrivateKey) or store.cert is None:
        raise ValueError("pfx holds no RSA key with its certificate")
    return store.key, store.cert.certificate.serial_number


def digest_text(fields: Mapping[str, str]) -> bytes:
    """The bytes a signature is over: the hex SHA-256 of the sorted ``k=v`` text, so that the text is hashed twice."""
    kept = sorted((name, value) for name, value in fields.items() if name != "signature" and value)
    return _hashed("&".join(f"{name}={value}" for name, value in kept))


def _hashed(text: str, charset: str = "utf-8") -> bytes:
    return sha256(text.encode(charset)).hexdigest().encode("ascii")


def parse_answer(text: str) -> dict[str, str]:
    """The fields of a synchronous answer, which is ``k=v&k=v`` without any url-encoding.

    An ``&`` within ``{}`` or ``[]`` belongs to its value, and one outer pair of braces may enclose everything.

    :raises AnswerNotGenuine: not of this shape.
    :raises AnswerAmbiguous: a field is there twice.
    """
    text = text.strip(" \t\r\n")
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
            if not equals or not name:
                raise AnswerNotGenuine("answer is not a list of fields")
            if name in fields:
                raise AnswerAmbiguous("answer has a field twice")
            fields[name] = value
            start = at + 1
    return fields


def read_answer(body: bytes, key_for: KeyFor, charset: str = UTF8) -> Message:
    """A synchronous answer; its ``respCode`` is still to be judged. ``charset`` is tried first.

    :raises AnswerNotGenuine: not a list of fields, or signed by somebody else.
    :raises AnswerAmbiguous: it can be read in two ways.
    """
    return read_alike(charsets_of(body, charset), lambda one: _proved(parse_answer(body.decode(one)), key_for, one))


def open_answer(body: bytes, key_for: KeyFor) -> dict[str, str]:
    """The fields of a synchronous answer whose signature is right; the ``respCode`` is still to be judged.

    :raises AnswerNotGenuine: no proof that UnionPay said this.
    :raises GatewayUnknown: an unsigned answer that decides nothing.
    :raises GatewayMisconfigured: an unsigned complaint.
    """
    message = read_answer(body, key_for)
    fields = _texts(message)
    if not message.signed:
        code = fields.get("respCode", "00")
        if code in UNDECIDED:
            raise GatewayUnknown(code)
        if code not in OK:
            raise GatewayMisconfigured(code, fields.get("respMsg", ""))
        raise AnswerNotGenuine("answer is not signed")
    return fields


def read_notice(body: bytes, url: str, key_for: KeyFor, charset: str = UTF8) -> Message:
    """A back notice that was posted to ``url``; what backUrl itself carries is not part of it.

    :raises AnswerNotGenuine: not a form, or signed by somebody else.
    :raises AnswerAmbiguous: it can be read in two ways.
    """
    own = {name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
    fields = {name: value for name, value in read_form(body).items() if name not in own}
    charsets = charsets_of(signed_text(fields).encode(BYTES), charset)
    return read_alike(charsets, lambda one: _proved(in_charset(fields, one), key_for, one))


def open_notice(body: bytes, url: str, key_for: KeyFor) -> dict[str, str]:
    """The fields of a back notice whose signature is right.

    :raises AnswerNotGenuine: not a form, or no proof that UnionPay said this.
    """
    message = read_notice(body, url, key_for)
    if not message.signed:
        raise AnswerNotGenuine("notice is not signed")
    return _texts(message)


def _proved(fields: dict[str, str], key_for: KeyFor, charset: str) -> Message:
    if "signature" not in fields:
        return Message(fields, signed=False)
    signature = fields["signature"]
    try:
        key = key_for(fields.get("signPubKeyCert", ""))
    except AnswerNotGenuine as error:
        raise AnswerNotGenuine(str(error), fields) from error
    covered = {name: value for name, value in fields.items() if name != "signature"}
    # A request is signed without its empty fields; no page says whether an answer is.
    for signed in ({name: value for name, value in covered.items() if value}, covered):
        if verifies(key, signature, _hashed(signed_text(signed), charset)):
            refuse_hidden(signed)
            return Message(signed | {"signature": signature}, signed=True)
    raise AnswerNotGenuine("signature is wrong", fields)


def _texts(message: Message) -> dict[str, str]:
    return {name: str(value) for name, value in message.fields.items()}
