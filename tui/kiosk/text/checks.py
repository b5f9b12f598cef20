"""The items of 环境检测 and their results, in words."""

from tui.core.text_safety import printable
from tui.journey.ports import Check
from tui.kiosk.text import N_, _

HELP = N_("逐项检查CA驱动、CA、证书、续期服务、系统时间和程序版本。标为「异常」的一项下面写有处理办法。")
_ITEMS = {
    "driver": N_("CA驱动"),
    "token": N_("CA"),
    "certificate": N_("证书"),
    "desk": N_("续期服务"),
    "clock": N_("系统时间"),
    "version": N_("程序版本"),
}


def item_words(check: Check) -> str:
    """What was checked; a name that is not known as it came."""
    return _(_ITEMS.get(check.item, "")) or printable(check.item, 20)


def result_words(check: Check) -> str:
    """What came of it."""
    # Translators: result of one check; also an order in which nothing is wrong.
    return _("正常") if check.ok else _("异常")
