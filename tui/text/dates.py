"""Times as people at the counter read them: Beijing time, always (UTC+8, no daylight saving)."""

from datetime import datetime, timedelta, timezone

from tui.text import _

BEIJING = timezone(timedelta(hours=8), "UTC+8")


def moment(at: datetime) -> str:
    """`2026年11月23日 14:05`."""
    local = at.astimezone(BEIJING)
    return _("{year}年{month}月{day}日").format(year=local.year, month=local.month, day=local.day) + f" {local:%H:%M}"


def day(at: datetime) -> str:
    """`2026年11月23日`."""
    return moment(at).rsplit(" ", 1)[0]


def clock(at: datetime) -> str:
    """`11月23日 14:05`, for the title bar."""
    local = at.astimezone(BEIJING)
    return _("{month}月{day}日").format(month=local.month, day=local.day) + f" {local:%H:%M}"
