"""Terms and fees: what may be bought and what end of validity it gives."""

from calendar import monthrange
from datetime import datetime

from tui.core.order import FeeLine, Term
from tui.desk.settings import Price

FEE_NAME = "证书服务费用"


def later(moment: datetime, months: int) -> datetime:
    """The same day and second so many months later; the month's last day where it is shorter."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def terms(prices: tuple[Price, ...], old_not_after: datetime) -> tuple[Term, ...]:
    """Every term on offer for a certificate that ends then, the shortest first."""
    return tuple(
        Term(price.months, price.fee_fen, price.fee_fen * 12 // price.months, later(old_not_after, price.months))
        for price in sorted(prices, key=lambda price: price.months)
    )


def fee_line(term: Term) -> FeeLine:
    """The order's one line: by the year where years divide the fee, else the whole term at once."""
    years, rest = divmod(term.months, 12)
    if rest == 0 and term.fee_fen % years == 0:
        return FeeLine(FEE_NAME, term.fee_fen // years, years, term.fee_fen)
    return FeeLine(FEE_NAME, term.fee_fen, 1, term.fee_fen)
