"""Times as people at the counter read them: Beijing time, always (UTC+8, no daylight saving)."""

from datetime import datetime

from tui.core.beijing import beijing
from tui.kiosk.text import N_, _

MONTHS = (
    N_("1月"),
    N_("2月"),
    N_("3月"),
    N_("4月"),
    N_("5月"),
    N_("6月"),
    N_("7月"),
    N_("8月"),
    N_("9月"),
    N_("10月"),
    N_("11月"),
    N_("12月"),
)


def moment(at: datetime) -> str:
    """`2026年11月23日 14:05`, `23 Nov 2026 14:05`."""
    return f"{day(at)} {beijing(at):%H:%M}"


def day(at: datetime) -> str:
    """`2026年11月23日`, `23 Nov 2026`."""
    local = beijing(at)
    return _("{year}年{month}{day}日").format(year=local.year, month=_(MONTHS[local.month - 1]), day=local.day)


def clock(at: datetime) -> str:
    """`11月23日 14:05`, `23 Nov 14:05`, for the title bar."""
    local = beijing(at)
    return _("{month}{day}日").format(month=_(MONTHS[local.month - 1]), day=local.day) + f" {local:%H:%M}"
