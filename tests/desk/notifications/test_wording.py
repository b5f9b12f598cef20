"""What people read from the desk stands in one module; what operators read says both languages."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import tui.desk
from tests.harness.spacing import BLANK
from tui.core.order import RefundCause
from tui.desk.notifications import wording

DESK = Path(tui.desk.__file__).parent
HAN = re.compile(r"[\u4e00-\u9fff]")
PROTOCOL = {"invoices/tax_platform.py", "invoices/webhook.py"}
"""Chinese that the tax platform wants: the unit of an invoice's line, the answer to a callback."""
PAIRED = {"crypto/rsa_keys.py"}
"""Both languages side by side, put together by " / " when a key is refused."""


def _texts(tree: ast.AST) -> Iterator[str]:
    """Literals that are no docstrings, those with values in them as a whole."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.Expr(value=ast.Constant()):
                pass
            case ast.JoinedStr(values=parts):
                yield "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
            case ast.Constant(value=str(text)):
                yield text
            case _:
                yield from _texts(node)


def test_no_other_module_has_words_for_people() -> None:
    spoken = {
        path.relative_to(DESK).as_posix()
        for path in DESK.rglob("*.py")
        for text in _texts(ast.parse(path.read_text(encoding="utf-8")))
        if HAN.search(text) and " / " not in text
    }
    elsewhere = {name for name in spoken if not name.startswith("platforms/")} - PROTOCOL - PAIRED
    assert elsewhere == {"notifications/wording.py"}


def test_an_invoice_is_told_with_its_link_or_without() -> None:
    assert wording.invoice("B1", "N1", "").text.endswith("发票号码N1。")
    assert wording.red_invoice("B1", "N1", "https://a").text.endswith("红字发票号码N1，下载链接：https://a")


def test_a_day_has_the_form_of_the_screens_by_beijings_calendar() -> None:
    assert "有效期至2026年11月30日。" in wording.issued("B1", datetime(2026, 11, 29, 16, tzinfo=UTC)).text


def test_who_gets_no_certificate_is_told_whom_to_call() -> None:
    assert wording.failed("B1", "020-89524338").text.endswith("请联系客服020-89524338。")


def test_every_cause_of_a_refund_has_words_of_its_own() -> None:
    assert len({wording.refund_reason(cause) for cause in RefundCause}) == len(RefundCause)
    assert wording.refund_reason("another_versions") == "退款"


def test_messages_have_the_spacing_of_the_screens() -> None:
    told = (
        wording.issued("B1", datetime(2026, 11, 29, tzinfo=UTC)),
        wording.failed("B1", "020-89524338"),
        *(kind("B1", "N1", link) for kind in (wording.invoice, wording.red_invoice) for link in ("", "https://a")),
    )
    texts = [text for words in told for text in (words.subject, words.text)]
    assert [text for text in texts if BLANK.search(text)] == []
