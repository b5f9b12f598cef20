"""Lines for scripts, words and a QR code for people."""

import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.harness.people import state
from tui.core.failure import Failure, Money, Reason
from tui.core.payment_method import PaymentMethod
from tui.core.token import TokenStage
from tui.journey.state import Step
from tui.kiosk.matrix import modules
from tui.kiosk.unattended.report import (
    Failed,
    Installed,
    Issued,
    JsonReport,
    Line,
    Paid,
    Pay,
    WordReport,
    failed,
    qr_rows,
)

PAYLOAD = "https://qr.alipay.com/bax70cb37a5db06d410ad1e147c"
AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
LINES: list[tuple[Line, dict[str, object]]] = [
    (
        Pay(PaymentMethod.ALIPAY, PAYLOAD, 20000, "B1", 300),
        {"method": "alipay", "qr": PAYLOAD, "amount_fen": 20000, "business_no": "B1", "expires_in": 300},
    ),
    (Paid("B1"), {"business_no": "B1"}),
    (Issued("B1"), {"business_no": "B1"}),
    (
        Installed("B1", "0a", AT, AT),
        {
            "business_no": "B1",
            "serial": "0a",
            "not_before": "2026-11-23T04:00:00Z",
            "not_after": "2026-11-23T04:00:00Z",
        },
    ),
    (
        Failed("wrong_pin", "CA密码不正确。", Money.SAFE),
        {"reason": "wrong_pin", "message": "CA密码不正确。", "money": "safe"},
    ),
]


@pytest.mark.parametrize(("line", "told"), LINES, ids=[type(line).__name__ for line, _ in LINES])
def test_a_line_is_one_json_object(
    line: Line, told: dict[str, object], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    JsonReport().tell(line)
    out = capfdbinary.readouterr().out
    assert out.count(b"\n") == 1
    assert json.loads(out) == {"event": type(line).__name__.lower(), **told}


def test_words() -> None:
    out = io.StringIO()
    report = WordReport(out)
    report.progress(state(Step.REQUEST_PIN), state(Step.REQUESTING))
    report.progress(state(Step.REQUESTING), replace(state(Step.REQUESTING), stage=TokenStage.KEY_PAIR))
    for line, _ in LINES:
        report.tell(line)
    said = out.getvalue()
    for words in ("· 提交申请", "在CA中生成新密钥", "¥ 200.00", PAYLOAD, "支付成功", "证书安装完成！", "E-141"):
        assert words in said
    assert "\x1b" not in said


def test_a_failed_form_names_its_fields() -> None:
    told = failed(Failure(Reason.FORM_INVALID, field_errors=(("agent_email", "email_format"),)), Money.NOT_TOUCHED)
    assert "agent_email: 邮箱格式不对" in told.message


_CELL = re.compile(r"\x1b\[(?:38;5;(\d+);)?48;5;(\d+)m([ ▄])")


def _read(rows: list[str]) -> list[list[bool]]:
    """Dark modules, two rows of them a line."""
    read: list[list[bool]] = []
    for row in rows:
        cells = _CELL.findall(row)
        read.append([background == "16" for _, background, _ in cells])
        read.append([(ink if mark == "▄" else background) == "16" for ink, background, mark in cells])
    return read


@pytest.mark.parametrize(("columns", "quiet"), [(80, 4), (41, 4), (40, 2), (37, 2)])
def test_the_code_in_half_blocks_is_the_code(columns: int, quiet: int) -> None:
    code = [list(row) for row in modules(PAYLOAD)]
    side = len(code)
    read = _read(list(qr_rows(PAYLOAD, columns)))
    assert [row[quiet : quiet + side] for row in read[quiet : quiet + side]] == code
    assert not any(any(row) for row in read[:quiet])
    assert {len(row) for row in read} == {side + 2 * quiet}


def test_no_code_where_it_does_not_fit() -> None:
    assert list(qr_rows(PAYLOAD, 36)) == []


def test_no_code_of_what_is_no_payment_code() -> None:
    assert list(qr_rows("x" * 5000, 500)) == []
