"""Terms and fees: what may be bought and what end of validity it gives."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, datetime, timedelta
from typing import TYPE_CHECKING

from tui.core.order import FEE_NAME, FeeLine, Term

if TYPE_CHECKING:  # the settings name every partner, the rules none
    from tui.desk.settings import Price

_DAY = timedelta(days=1)
_NO_END = datetime(MAXYEAR, 12, 31, 23, 59, 59)  # noqa: DTZ001 - the caller's zone is added


def later(moment: datetime, months: int) -> datetime:
    """The same day and second so many months later; the month's last day where it is shorter.

    Never after 9999-12-31, which stands for no end at all (RFC 5280 4.1.2.5).
    """
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if year > MAXYEAR:
        return _NO_END.replace(tzinfo=moment.tzinfo)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def terms(prices: "tuple[Price, ...]", old_not_after: datetime, latest: datetime) -> tuple[Term, ...]:
    """Every term on offer for a certificate that ends then, the shortest first; none ends after the `latest` moment."""
    return tuple(
        Term(price.months, price.fee_fen, price.fee_fen * 12 // price.months, not_after)
        for price in sorted(prices, key=lambda price: price.months)
        if (not_after := later(old_not_after, price.months)) <= latest
    )


@dataclass(frozen=True, slots=True)
class Ending:
    """A term that falls away, since it would end after the CA's certificate or one above it."""

    months: int
    first: datetime
    """From here on it is not offered for the certificates that end last of those that may be renewed."""
    last: datetime
    """The last end of an old certificate for which it is offered: from here on, for none."""


def endings(prices: "tuple[Price, ...]", latest: datetime, window: timedelta) -> tuple[Ending, ...]:
    """When each term falls away, the longest first."""
    months = sorted((price.months for price in prices), reverse=True)
    lasts = [(count, _last_start(latest, count)) for count in months]
    return tuple(Ending(count, last - window, last) for count, last in lasts)


def _last_start(latest: datetime, months: int) -> datetime:
    """The last moment from which so many months do not lead past `latest`."""
    start = later(latest, -months)
    while latest - start >= _DAY and later(start + _DAY, months) <= latest:  # a day that the shorter month lacks
        start += _DAY
    return start


def fee_line(term: Term) -> FeeLine:
    """The order's one line: by the year where years divide the fee, else the whole term at once."""
    years, rest = divmod(term.months, 12)
    if rest == 0 and term.fee_fen % years == 0:
        return FeeLine(FEE_NAME, term.fee_fen // years, years, term.fee_fen)
    return FeeLine(FEE_NAME, term.fee_fen, 1, term.fee_fen)
