"""Whatever stands around a genuine node: what is believed is what was signed, or nothing."""

import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.harness.desk.alipay_messages import ALIPAY_PRIVATE, PAID, QUERY, TRUST
from tui.desk.crypto.rsa_keys import sign
from tui.desk.payments.gateway import AnswerNotGenuine
from tui.desk.platforms.alipay.codec import read_answer, response_node
from tui.desk.platforms.alipay.scan import scan_members

WAITING = PAID.replace("TRADE_SUCCESS", "WAIT_BUYER_PAY").replace('"K1"', r'"K1\/},\"sign\":\"{"')
PLAIN = WAITING.replace("\\/", "/")
GENUINE = {text: sign(ALIPAY_PRIVATE, text.encode()) for text in (WAITING, PLAIN)}
"""What Alipay signed; PAID is what nobody signed."""
NODE = response_node(QUERY)

blanks = st.text(" \t\r\n", max_size=2)
names = st.sampled_from(
    [NODE, NODE.replace("r", "\\u0072", 1), "sign", "si\\u0067n", "alipay_cert_sn", "error_response", ""]
)
broken = st.sampled_from(['{"a":', '"', '\\"', "{", "}}", "NaN", "[1,]", '{"code":"10000","code":"1"}', "\ud7ff"])
ESCAPED = WAITING.replace("\\/", "\\\\/")
"""Says something else, but becomes WAITING when the escapes of slashes are taken away."""
nodes = st.sampled_from([WAITING, PLAIN, PAID, ESCAPED, json.dumps(WAITING), f"[{WAITING}]", "null"])
values = st.one_of(nodes, st.sampled_from([json.dumps(sign) for sign in GENUINE.values()]), broken)


@st.composite
def bodies(draw: st.DrawFn) -> str:
    """An answer whose members are repeated, forged, renamed, reordered, cut and padded."""
    members = draw(st.lists(st.tuples(names, values), max_size=4))
    genuine = draw(st.sampled_from(sorted(GENUINE)))
    shown = draw(st.sampled_from([genuine, genuine, ESCAPED]))
    members += [(NODE, shown), ("sign", json.dumps(GENUINE[genuine]))] * draw(st.integers(0, 1))
    members = draw(st.permutations(members))
    text = ",".join(
        f'{draw(blanks)}"{name}"{draw(blanks)}:{draw(blanks)}{value}{draw(blanks)}' for name, value in members
    )
    body = f"{draw(blanks)}{{{text}}}{draw(blanks)}"
    for _ in range(draw(st.integers(0, 2))):
        at, end = sorted((draw(st.integers(0, len(body))), draw(st.integers(0, len(body)))))
        body = (
            body[:at]
            + draw(st.sampled_from(["", body[at:end], '"', "\\", "}", "{", PAID]))
            + body[draw(st.sampled_from([at, end])) :]
        )
    return body


def every_member(text: str) -> list[tuple[str, Any]]:
    """The outermost members as the standard library reads them, repetitions kept."""
    read: list[tuple[str, Any]] = json.loads(text, object_pairs_hook=list)
    return read


def body_of(*nodes: str) -> str:
    """The nodes under one name, with Alipay's signature over WAITING."""
    members = [f'"{NODE}":{node}' for node in nodes]
    return "{" + ",".join([*members, f'"sign":{json.dumps(GENUINE[WAITING])}']) + "}"


@settings(deadline=None)
@example(body_of(WAITING))
@example(body_of(ESCAPED))
@example(body_of(PAID, WAITING))
@example(body_of(WAITING, PAID))
@given(bodies())
def test_only_signed_text_is_believed(body: str) -> None:
    try:
        told = read_answer(body.encode(), QUERY, TRUST)
    except AnswerNotGenuine:
        return
    assert [name for name, _ in every_member(body)].count(NODE) == 1 or not told.signed
    if told.signed:
        assert told.fields in [json.loads(text) for text in GENUINE]


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(max_size=3), st.recursive(st.none() | st.text(), st.lists)), max_size=4), blanks)
def test_the_scanner_cuts_values_where_the_standard_library_ends_them(
    members: list[tuple[str, Any]], blank: str
) -> None:
    text = (
        "{" + ",".join(f"{blank}{json.dumps(name)}:{blank}{json.dumps(value)}{blank}" for name, value in members) + "}"
    )
    repeated = len({name for name, _ in members}) < len(members)
    try:
        found = scan_members(text)
    except AnswerNotGenuine:
        assert repeated or not members
        return
    assert not repeated
    assert found == {name: json.dumps(value) for name, value in members}


@settings(deadline=None)
@given(st.text())
def test_noise_is_refused_and_nothing_else_happens(text: str) -> None:
    try:
        scan_members(text)
    except AnswerNotGenuine:
        return
    assert isinstance(json.loads(text), dict)
