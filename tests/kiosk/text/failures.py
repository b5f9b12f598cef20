"""The catalogue of failures: `python -m tests.kiosk.text.failures` writes assets/docs/failures.md from the code."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from tui.core.failure import Failure, Money, Place, Reason
from tui.kiosk.text import use_language
from tui.kiosk.text.labels import label
from tui.kiosk.text.reasons import REASONS
from tui.kiosk.text.wording import HOTLINE, QQ, explain

PAGE = Path(__file__).parents[3] / "assets/docs/failures.md"
OPENING = f"""\
# Failures / 故障编号

Written by `python -m tests.kiosk.text.failures` from `tui/core/failure.py` and `tui/kiosk/text/reasons.py`.

在这里可以按编号（例如E-143，见屏幕、`ca-kiosk renew`或程序退出时的最后一行）查到：
发生了什么、钱是否安全、怎么办、谁能帮忙。
编号的含义不会改变。自己就能更正的问题（例如密码输错），屏幕上不显示编号。
技术代码（例如`CKR_PIN_LOCKED`）只写入日志，并由`ca-kiosk doctor`显示。客服热线{HOTLINE}，QQ {QQ}。

Look up a failure by its number (such as E-143), as the screen, `ca-kiosk renew` or the last line of a program that
has ended shows it: what happened, whether the money is safe, what to do, who can help. A number never changes its
meaning. What people can correct themselves, such as a mistyped password, has no number on the screen. Technical codes
(such as `CKR_PIN_LOCKED`) appear only in the log and in `ca-kiosk doctor`. Hotline {HOTLINE}, QQ {QQ}.
"""
HEADS = {
    "zh": ("编号", "发生了什么", "钱是否安全", "怎么办", "谁能帮忙", "名称"),
    "en": ("Number", "What happened", "Is my money safe?", "What to do", "Who can help", "Name"),
}
TITLES = {"zh": "中文", "en": "English"}
HELPERS = {
    "工作人员": {"zh": "本终端的工作人员", "en": "staff at this terminal"},
    "柜台": {"zh": "发证机构的柜台或客服", "en": "the certificate authority's counter or hotline"},
    "客服": {"zh": "客服", "en": "the hotline"},
    "": {"zh": "您自己；仍不行请联系客服", "en": "you; the hotline if that fails"},
}
"""Whom the advice names -> who can help; the first one that is named."""
SAFE = {
    "zh": "安全：未付款的没有扣款，已付款的一直有效，不会重复收费。",
    "en": "Yes: nothing unpaid has been charged, a payment stays valid, and nothing is charged twice.",
}
PAID = {
    Reason.PAYMENT_FROZEN: Money.SAFE,
    Reason.ALREADY_PAID: Money.SAFE,
    Reason.ORDER_MISMATCH: Money.NOT_TOUCHED,
}
"""Where a payment's failure leaves no doubt about the money."""


def page() -> str:
    """The whole page in both languages."""
    try:
        return "\n".join([OPENING, *_language("zh"), *_language("en")])
    finally:
        use_language("zh")


def _language(language: str) -> Iterator[str]:
    use_language(language)
    yield f"## {TITLES[language]}\n"
    for place, reasons in groupby(Reason, lambda reason: reason.place):
        yield f"### {label(place)}\n"
        yield _row(HEADS[language])
        yield _row(("---",) * len(HEADS[language]))
        yield from (_row(_cells(reason, language)) for reason in reasons)
        yield ""


def _cells(reason: Reason, language: str) -> tuple[str, ...]:
    told = explain(Failure(reason), Money.NOT_TOUCHED)
    helper = next(who for named, who in HELPERS.items() if named in REASONS[reason][1])
    return (reason.number, told.happened, _money(reason, language), told.advice, helper[language], f"`{reason.value}`")


def _money(reason: Reason, language: str) -> str:
    """The screen says the one or the other, by how far the application is."""
    return label(PAID.get(reason, Money.UNKNOWN)) if reason.place is Place.PAYMENT else SAFE[language]


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.strip() for cell in cells)} |"


def write() -> None:
    """Write the page anew."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write()
