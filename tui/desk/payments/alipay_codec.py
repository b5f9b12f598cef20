"""Alipay OpenAPI v2 messages: signing requests, opening answers and notices (opendocs.alipay.com, 签名, 验签)."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from tui.desk.payments.port import AnswerNotGenuine, GatewayMisconfigured, GatewayRefused, GatewayUnknown
from tui.desk.payments.rsa_keys import sign, verifies
from tui.desk.payments.transport import read_form

BizContent: TypeAlias = Mapping[str, str | Sequence[str]]

OK = "10000"
BUSINESS_FAILED = "40004"
UNDECIDED = {"10003", "20000", "40005"}
"""User still paying, service unavailable, called too often: nothing is decided."""
UNDECIDED_BUSINESS = {"ACQ.SYSTEM_ERROR", "AQC.SYSTEM_ERROR"}
"""The second spelling stands in Alipay's own documentation."""


def dump_biz(fields: BizContent) -> str:
    """biz_content as the official Python SDK writes it; the same text is signed and sent. Empty values are left out."""
    filled = {name: value for name, value in fields.items() if value}
    return json.dumps(filled, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def request_text(params: Mapping[str, str], charset: str = "utf-8") -> bytes:
    """The bytes a request's signature is over: sorted raw ``k=v`` without ``sign`` and without empty values."""
    kept = sorted((name, value) for name, value in params.items() if name != "sign" and value)
    return "&".join(f"{name}={value}" for name, value in kept).encode(charset)


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as both official SDKs put it on the wire."""

    query: str
    """Common parameters with ``sign``, url-encoded."""
    body: str
    """``biz_content``, url-encoded."""


def sign_request(params: Mapping[str, str], key: RSAPrivateKey) -> SignedRequest:
    """Sign the parameters (``biz_content`` among them) and split them as the SDKs do."""
    common = {name: value for name, value in params.items() if name != "biz_content" and value}
    common["sign"] = sign(key, request_text(params))
    return SignedRequest(urlencode(common), urlencode({"biz_content": params["biz_content"]}))


def response_node(method: str) -> str:
    """The name of the node that answers a method."""
    return method.replace(".", "_") + "_response"


def scan_members(text: str) -> dict[str, str]:
    """The members of the one JSON object in ``text``, each value as its raw source text.

    :raises AnswerNotGenuine: not one JSON object, or a name is there twice.
    """
    members: dict[str, str] = {}
    try:
        at = _skip(text, 0, "{")
        while True:
            name, at = _STRICT.raw_decode(text, _blank(text, at))
            start = _skip(text, at, ":")
            _, at = _STRICT.raw_decode(text, start)
            if not isinstance(name, str) or name in members:
                raise AnswerNotGenuine("answer has a node twice")
            members[name] = text[start:at]
            if not text.startswith(",", _blank(text, at)):
                break
            at = _skip(text, at, ",")
        if _skip(text, at, "}") != len(text):
            raise AnswerNotGenuine("answer does not end with its object")
    except (ValueError, RecursionError) as error:
        raise AnswerNotGenuine("answer is not one JSON object") from error
    return members


def open_answer(body: bytes, method: str, key: RSAPublicKey) -> dict[str, str]:
    """The fields of the answer to ``method``: proved first, then read from the proved text only.

    :raises AnswerNotGenuine: no proof that Alipay said this.
    :raises GatewayUnknown: signed or not, Alipay could not decide.
    :raises GatewayRefused: a business error; ``code`` is the ``ACQ.*`` sub code.
    :raises GatewayMisconfigured: Alipay does not accept the request; such answers come without a signature.
    """
    try:
        members = scan_members(body.decode())
        raw = members.get(response_node(method)) or members["error_response"]
    except (UnicodeDecodeError, KeyError) as error:
        raise AnswerNotGenuine("answer has not the asked node") from error
    if "sign" not in members:
        raise _unsigned(_fields(raw))
    signature = json.loads(members["sign"])
    # The official Java SDK tries once more without the escapes: some Alipay hosts sign before they escape slashes.
    for signed in (raw, raw.replace("\\/", "/")):
        if isinstance(signature, str) and verifies(key, signature, signed.encode()):
            return _accepted(_fields(signed))
    raise AnswerNotGenuine("answer signature is wrong")


def open_notice(body: bytes, key: RSAPublicKey) -> dict[str, str]:
    """The fields of an asynchronous notice whose signature is right.

    :raises AnswerNotGenuine: not a form, or not signed by Alipay.
    """
    fields = read_form(body)
    signature = fields.pop("sign", "")
    fields.pop("sign_type", None)
    as_received = sorted(fields.items())
    # Alipay's Java SDK keeps empty values in the text, its PHP SDK drops them; no page says which is meant.
    for pairs in (as_received, [pair for pair in as_received if pair[1]]):
        if verifies(key, signature, "&".join(f"{name}={value}" for name, value in pairs).encode()):
            return fields
    raise AnswerNotGenuine("notice signature is wrong")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name is there twice")
    return members


_STRICT = json.JSONDecoder(object_pairs_hook=_no_duplicates)


_NOT_BLANK = re.compile(r"[^ \t\r\n]|$")


def _blank(text: str, at: int) -> int:
    found = _NOT_BLANK.search(text, at)
    return found.start() if found else len(text)


def _skip(text: str, at: int, mark: str) -> int:
    at = _blank(text, at)
    if not text.startswith(mark, at):
        raise ValueError(f"{mark} is missing")
    return _blank(text, at + 1)


def _fields(raw: str) -> dict[str, str]:
    try:
        node = _STRICT.decode(raw)
    except ValueError as error:
        raise AnswerNotGenuine("answer node is not JSON") from error
    if not isinstance(node, dict):
        raise AnswerNotGenuine("answer node is not an object")
    return {name: value for name, value in node.items() if isinstance(value, str)}


def _accepted(fields: dict[str, str]) -> dict[str, str]:
    code, sub_code = fields.get("code", ""), fields.get("sub_code", "")
    if code == OK:
        return fields
    if code in UNDECIDED or sub_code in UNDECIDED_BUSINESS:
        raise GatewayUnknown(sub_code or code)
    text = fields.get("sub_msg") or fields.get("msg", "")
    if code == BUSINESS_FAILED:
        raise GatewayRefused(sub_code, text)
    raise GatewayMisconfigured(sub_code or code, text)


def _unsigned(fields: dict[str, str]) -> Exception:
    code, sub_code = fields.get("code", ""), fields.get("sub_code", "")
    if code in UNDECIDED:
        return GatewayUnknown(sub_code or code)
    if code in {OK, BUSINESS_FAILED, ""}:
        return AnswerNotGenuine("answer is not signed")
    return GatewayMisconfigured(sub_code or code, fields.get("sub_msg") or fields.get("msg", ""))
