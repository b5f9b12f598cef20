"""环境检测 in words: the ladder, then what was checked beside it."""

from collections.abc import Iterator

from tui.core.frozen import frozen
from tui.core.text_safety import printable
from tui.journey.ports import Check
from tui.journey.state import State
from tui.kiosk.text import N_, _
from tui.kiosk.text.ladder import remedy, rung_words, rungs_of, standing_words
from tui.kiosk.text.wording import Explanation, explain

HELP = N_(
    "逐级检查读卡器、CA驱动、CA和证书，再检查续期服务、系统时间和程序版本。标为「异常」的一项下面写有处理办法；"
    "前一级异常，后面各级为「未到」。"
)
_ITEMS = {
    "driver": N_("CA驱动"),
    "token": N_("CA"),
    "certificate": N_("证书"),
    "desk": N_("续期服务"),
    "clock": N_("系统时间"),
    "version": N_("程序版本"),
}
_RUNGS = "driver", "token", "certificate"
"""Items that the ladder has rungs of, and whose details are paths and names."""


@frozen
class Line:
    """One item."""

    item: str
    result: str
    ok: bool | None
    """None: nothing is known of it."""
    detail: str = ""
    remedy: Explanation | None = None


def lines(state: State, *, veiled: bool) -> Iterator[Line]:
    """The five rungs, each driver that fails beside another that works, and the rest as far as it was checked.

    `veiled` leaves out what a stranger at a counter is not told: names and paths.
    """
    told = {check.item: check.detail for check in reversed(state.checks) if not veiled}
    for seen in rungs_of(state):
        ok = {"done": True, "failing": False}.get(seen.standing.value)
        yield Line(
            rung_words(seen), standing_words(seen), ok, printable(told.get(seen.rung, ""), 120), remedy(seen, state)
        )
    loaded = bool(state.tokens)
    for check in state.checks:
        if check.item not in _RUNGS or (check.item == "driver" and check.failure and loaded):
            words = explain(check.failure, state.money, state.service) if check.failure else None
            detail = "" if veiled and check.item in _RUNGS else printable(check.detail, 120)
            yield Line(item_words(check), result_words(check), check.ok, detail, words)


def item_words(check: Check) -> str:
    """What was checked; a name that is not known as it came."""
    return _(_ITEMS.get(check.item, "")) or printable(check.item, 20)


def result_words(check: Check) -> str:
    """What came of it."""
    # Translators: result of one check; also an order in which nothing is wrong.
    return _("正常") if check.ok else _("异常")
