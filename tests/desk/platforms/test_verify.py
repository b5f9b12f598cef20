"""`ca-kiosk desk verify`: one raw message, one verdict, nothing that steers a terminal."""

import io
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.harness.desk.alipay_messages import KEYS, NOTICE, PAID, answer, notice
from tests.harness.desk.unionpay_messages import FIELDS, MIDDLE, NAME, NEW_KEY, pem, signed, wire
from tui.core.payment_method import PaymentMethod
from tui.desk.crypto.rsa_keys import load_private
from tui.desk.operators.verify import as_json, verify
from tui.desk.platforms.common.platform import Dispute, Kind
from tui.desk.platforms.registry import PLATFORMS
from tui.desk.platforms.verify import Verdict, judge
from tui.sandbox.gateways.common.keys import issue

ALIPAY_PEM = KEYS["alipay"]["public_spki_pem"].encode()
QUERY = "alipay.trade.query"


def alipay(message: bytes, kind: Kind = Kind.ANSWER, method: str = QUERY, charset: str = "utf-8") -> Verdict:
    return judge(
        PLATFORMS[PaymentMethod.ALIPAY].reader(Dispute(kind, ALIPAY_PEM, method=method, charset=charset)), message
    )


@pytest.fixture
def unionpay(unionpay_keys: Path) -> Any:
    """Judges an answer by the authorities of the platform's test keys."""
    return PLATFORMS[PaymentMethod.UNIONPAY].reader(Dispute(Kind.ANSWER, (unionpay_keys / "bundle.pem").read_bytes()))


@pytest.fixture
def genuine(unionpay_keys: Path) -> dict[str, str]:
    """The fields of a genuine UnionPay message."""
    key = load_private((unionpay_keys / "platform.key").read_bytes())
    return signed(key, (unionpay_keys / "platform.pem").read_text())


def test_a_genuine_answer_is_told_with_everything_it_says() -> None:
    raw = PAID.replace("{", '{"fund_bill_list":[{"amount":"88.80"}],', 1)
    verdict = alipay(answer(raw))
    assert (verdict.genuine, verdict.fields) == (True, json.loads(raw))


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("kind", list(Kind))
def test_the_line_end_of_an_editor_is_not_counted(kind: Kind, end: bytes) -> None:
    assert alipay((answer(PAID) if kind is Kind.ANSWER else notice(NOTICE)) + end, kind).genuine is True


def test_more_than_a_line_end_is_counted() -> None:
    assert alipay(notice(NOTICE) + b"\n\n", Kind.NOTICE).genuine is False


def test_without_a_method_the_only_node_is_judged() -> None:
    assert alipay(answer(PAID), method="").genuine is True
    verdict = alipay(answer(PAID).replace(b"{", b'{"another":{},', 1), method="")
    assert (verdict.genuine, dict(verdict.fields)) == (False, {})


@pytest.mark.parametrize(
    ("message", "kind", "claim"),
    [
        (answer(PAID).replace(b"88.80", b"00.01"), Kind.ANSWER, {"total_amount": "00.01"}),
        (notice(NOTICE).replace(b"1.00", b"9.00"), Kind.NOTICE, {"total_amount": "9.00"}),
    ],
)
def test_a_forged_message_is_told_with_what_it_claims(message: bytes, kind: Kind, claim: dict[str, str]) -> None:
    verdict = alipay(message, kind)
    assert verdict.genuine is False
    assert claim.items() <= dict(verdict.fields).items()


def test_what_can_be_read_in_two_ways_claims_nothing() -> None:
    node = b'"alipay_trade_query_response":' + PAID.encode()
    verdict = alipay(answer(PAID.replace("TRADE_SUCCESS", "WAIT_BUYER_PAY")).replace(b"{", b"{" + node + b",", 1))
    assert (verdict.genuine, dict(verdict.fields)) == (None, {})
    assert verdict.reason.startswith("ambiguous")


def test_unsigned_is_neither() -> None:
    error = b'{"alipay_trade_query_response":{"code":"40002","sub_code":"isv.invalid-signature"}}'
    for message, kind in ((error, Kind.ANSWER), (b"out_trade_no=K1&code=40002", Kind.NOTICE)):
        verdict = alipay(message, kind)
        assert verdict.genuine is None
        assert verdict.fields["code"] == "40002"


def test_unionpay_messages_are_judged_by_their_chain(unionpay: Any, genuine: dict[str, str]) -> None:
    assert judge(unionpay, wire(genuine) + b"\n").genuine is True
    assert judge(unionpay, wire(genuine).replace(b"8880", b"1")).genuine is False
    self_made = signed(NEW_KEY, pem(issue(NAME, NEW_KEY, MIDDLE, NEW_KEY)))
    verdict = judge(unionpay, wire(self_made))
    assert verdict.genuine is False
    assert "not from its issuer" in verdict.reason
    assert verdict.fields["txnAmt"] == "8880"
    unsigned = judge(unionpay, b"respCode=10&respMsg=Invalid request")
    assert (unsigned.genuine, unsigned.fields["respCode"]) == (None, "10")


def test_a_unionpay_notice_is_a_form(unionpay_keys: Path, genuine: dict[str, str]) -> None:
    read = PLATFORMS[PaymentMethod.UNIONPAY].reader(Dispute(Kind.NOTICE, (unionpay_keys / "bundle.pem").read_bytes()))
    verdict = judge(read, urlencode(genuine).encode() + b"\n")
    assert verdict.genuine is True
    assert FIELDS.items() <= dict(verdict.fields).items()


def test_a_certificate_out_of_date_proves_nothing(unionpay_keys: Path, genuine: dict[str, str]) -> None:
    bundle = (unionpay_keys / "bundle.pem").read_bytes()
    read = PLATFORMS[PaymentMethod.UNIONPAY].reader(
        Dispute(Kind.ANSWER, bundle, clock=lambda: datetime.now(UTC) + timedelta(days=4000))
    )
    assert "out of date" in judge(read, wire(genuine)).reason


def test_nothing_that_is_printed_steers_a_terminal() -> None:
    nasty = "\x1b[2J\x07\x7f\x9b31m\u202e\u2028\U000e0041\ud800续期"
    line = as_json(Verdict(True, "x", {nasty: [nasty]}))
    assert line.isprintable()
    assert "续期" in line
    assert json.loads(line)["fields"] == {nasty: [nasty]}


def test_the_command_reads_a_file_or_standard_input(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, message = tmp_path / "alipay.pem", tmp_path / "message"
    key.write_bytes(ALIPAY_PEM)
    message.write_bytes(answer(PAID) + b"\n")
    how = {"method": QUERY, "charset": "UTF8"}
    assert verify("alipay", "answer", key, str(message), **how) == 0
    told = json.loads(capfdbinary.readouterr().out)
    assert (list(told), told["genuine"]) == (["genuine", "reason", "fields"], True)

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(answer(PAID).replace(b"88", b"99"))))
    assert verify("alipay", "answer", key, "-", **how) == 1
    assert json.loads(capfdbinary.readouterr().out)["genuine"] is False


@pytest.mark.parametrize(
    ("trust", "message", "charset", "said"),
    [
        ("none", "message", "utf-8", b"none"),
        ("message", "message", "utf-8", b"--trust"),
        ("key", "none", "utf-8", b"none"),
        ("key", "message", "utf-7", b"--charset utf-7: \xe5\x8f\xaa"),
        ("key", "message", "x", b"--charset x"),
    ],
)
def test_what_cannot_be_used_is_a_usage_error(  # noqa: PLR0917
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], trust: str, message: str, charset: str, said: bytes
) -> None:
    (tmp_path / "key").write_bytes(ALIPAY_PEM)
    (tmp_path / "message").write_bytes(b"{}")
    assert verify("alipay", "answer", tmp_path / trust, str(tmp_path / message), method="", charset=charset) == 2
    out, err = capfdbinary.readouterr()
    assert (out, said in err) == (b"", True)


def test_the_command_needs_nothing_of_the_desk_extra() -> None:
    words = (
        "import sys, tui.desk.operators.verify as v; print({'sqlalchemy', 'litestar', 'httpx'} & {*sys.modules} or [])"
    )
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
