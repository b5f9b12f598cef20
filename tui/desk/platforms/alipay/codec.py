"""Alipay OpenAPI v2 messages: signing requests, opening answers and notices (opendocs.alipay.com, 签名, 验签)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from tui.desk.crypto.rsa_keys import sign, verifies
from tui.desk.payments.gateway import (
    AnswerNotGenuine,
    GatewayMisconfigured,
    GatewayRefused,
    GatewayUnknown,
    Message,
    PaymentGatewayError,
)
from tui.desk.platforms.alipay.scan import read_node, read_text, scan_members
from tui.desk.platforms.alipay.trust import AlipayTrust
from tui.desk.platforms.common.charsets import BYTES, UTF8, charsets_of, read_alike
from tui.desk.platforms.common.forms import in_charset, read_form, refuse_hidden, signed_text

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


def sign_request(params: Mapping[str, str], key: RSAPrivateKey, charset: str = "utf-8") -> SignedRequest:
    """Sign the parameters (``biz_content`` among them) and split them as the SDKs do."""
    common = {name: value for name, value in params.items() if name != "biz_content" and value}
    common["sign"] = sign(key, request_text(params, charset))
    biz = {"biz_content": params["biz_content"]}
    return SignedRequest(urlencode(common, encoding=charset), urlencode(biz, encoding=charset))


def response_node(method: str) -> str:
    """The name of the node that answers a method."""
    return method.replace(".", "_") + "_response"


def read_answer(body: bytes, method: str, trust: AlipayTrust, charset: str = UTF8) -> Message:
    """The node that answers ``method`` (or, where none is named, the only node): proved first, then read.

    ``charset`` is tried first; a gateway that was asked for UTF-8 may answer in GBK all the same.

    :raises AnswerNotGenuine: the signature is wrong, or what it covers is not one node.
    :raises AnswerAmbiguous: it can be read in two ways.
    """
    return read_alike(charsets_of(body, charset), lambda one: _read_answer(body.decode(one), method, trust, one))


def _read_answer(text: str, method: str, trust: AlipayTrust, charset: str) -> Message:
    members = scan_members(text)
    raw = _node_of(members, method)
    claims = read_node(raw)
    if "sign" not in members:
        return Message(claims, signed=False)
    if "alipay_cert_sn" in members:
        trust.check(read_text(members["alipay_cert_sn"]), claims)
    signature = read_text(members["sign"])
    # The official Java SDK tries once more without the escapes: some Alipay hosts sign before they escape slashes.
    for signed in (raw, raw.replace("\\/", "/")):
        if verifies(trust.key, signature, signed.encode(charset)):
            return Message(read_node(signed), signed=True)
    raise AnswerNotGenuine("answer signature is wrong", claims)


def open_answer(body: bytes, method: str, trust: AlipayTrust) -> dict[str, str]:
    """The text fields of the proved answer to ``method``, if it is a success.

    :raises AnswerNotGenuine: no proof that Alipay said this.
    :raises GatewayUnknown: signed or not, Alipay could not decide.
    :raises GatewayRefused: a business error; ``code`` is the ``ACQ.*`` sub code.
    :raises GatewayMisconfigured: Alipay does not accept the request; such answers come without a signature.
    """
    message = read_answer(body, method, trust)
    fields = {name: value for name, value in message.fields.items() if isinstance(value, str)}
    if not message.signed:
        raise _unsigned(fields)
    return _accepted(fields)


def read_notice(body: bytes, trust: AlipayTrust, charset: str = UTF8) -> Message:
    """An asynchronous notice; ``sign`` and ``sign_type`` are no part of what is signed.

    :raises AnswerNotGenuine: not a form, or not signed by Alipay.
    :raises AnswerAmbiguous: it can be read in two ways.
    """
    fields = read_form(body)
    charsets = charsets_of(signed_text(fields).encode(BYTES), charset)
    return read_alike(charsets, lambda one: _read_notice(fields, trust, one))


def _read_notice(form: Mapping[str, str], trust: AlipayTrust, charset: str) -> Message:
    fields = in_charset(form, charset)
    signature = fields.pop("sign", None)
    fields.pop("sign_type", None)
    if signature is None:
        return Message(fields, signed=False)
    signature = signature.replace(" ", "+")  # base64 has no blank: who wrote the form down did not escape the plus
    if "alipay_cert_sn" in fields:
        trust.check(fields["alipay_cert_sn"], fields)
    # Alipay's Java SDK keeps empty values in the text, its PHP SDK drops them; no page says which is meant.
    for signed in (fields, {name: value for name, value in fields.items() if value}):
        if verifies(trust.key, signature, signed_text(signed).encode(charset)):
            refuse_hidden(signed)
            return Message(signed, signed=True)
    raise AnswerNotGenuine("notice signature is wrong", fields)


def open_notice(body: bytes, trust: AlipayTrust) -> dict[str, str]:
    """The fields of an asynchronous notice whose signature is right.

    :raises AnswerNotGenuine: not a form, or not signed by Alipay.
    """
    message = read_notice(body, trust)
    if not message.signed:
        raise AnswerNotGenuine("notice is not signed")
    return {name: str(value) for name, value in message.fields.items()}


def _node_of(members: Mapping[str, str], method: str) -> str:
    names = [name for name in members if name not in {"sign", "alipay_cert_sn"}]
    if not method and len(names) != 1:
        raise AnswerNotGenuine("answer has not one node: the method must be named")
    for name in [response_node(method), "error_response"] if method else names:
        if name in members:
            return members[name]
    raise AnswerNotGenuine("answer has not the asked node")


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


def _unsigned(fields: dict[str, str]) -> PaymentGatewayError:
    code, sub_code = fields.get("code", ""), fields.get("sub_code", "")
    if code in UNDECIDED:
        return GatewayUnknown(sub_code or code)
    if code in {OK, BUSINESS_FAILED, ""}:
        return AnswerNotGenuine("answer is not signed")
    return GatewayMisconfigured(sub_code or code, fields.get("sub_msg") or fields.get("msg", ""))
