"""Terms, month arithmetic and fee lines."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.order import Term
from tui.desk.renewals.pricing import endings, fee_line, later, terms
from tui.desk.settings import Price

_CENTURY = datetime(1990, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=36500)).map(lambda passed: _CENTURY + passed)
MONTHS = st.integers(0, 240)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ((2027, 1, 31), 1, (2027, 2, 28)),
        ((2028, 1, 31), 1, (2028, 2, 29)),
        ((2028, 2, 29), 12, (2029, 2, 28)),
        ((2026, 12, 12), 12, (2027, 12, 12)),
        ((2026, 10, 31), 13, (2027, 11, 30)),
    ],
)
def test_known_ends(start: tuple[int, int, int], months: int, end: tuple[int, int, int]) -> None:
    assert later(datetime(*start, 15, 59, 59, tzinfo=UTC), months) == datetime(*end, 15, 59, 59, tzinfo=UTC)


@given(MOMENTS, MONTHS)
def test_the_time_of_day_stays_and_the_month_is_the_counted_one(moment: datetime, months: int) -> None:
    end = later(moment, months)
    assert end.timetz() == moment.timetz()
    assert (end.year * 12 + end.month) - (moment.year * 12 + moment.month) == months
    assert end.day == min(moment.day, monthrange(end.year, end.month)[1])


@given(MOMENTS, MONTHS)
def test_a_longer_term_ends_later(moment: datetime, months: int) -> None:
    assert later(moment, months) < later(moment, months + 1) <= later(moment, months) + timedelta(days=31)


@given(st.integers(1, 120), st.integers(1, 10**8))
def test_the_fee_line_adds_up(months: int, fee_fen: int) -> None:
    line = fee_line(Term(months, fee_fen, 0, datetime(2027, 1, 1, tzinfo=UTC)))
    assert line.unit_fen * line.quantity == line.subtotal_fen == fee_fen


def test_the_shortest_term_comes_first_with_its_price_by_the_year() -> None:
    end = datetime(2026, 12, 12, tzinfo=UTC)
    offered = terms((Price(24, 36000), Price(12, 20000)), end, end + timedelta(days=9999))
    assert [(term.months, term.yearly_fen) for term in offered] == [(12, 20000), (24, 18000)]
    assert fee_line(offered[1]).quantity == 2


@given(MOMENTS, MOMENTS, st.integers(12, 60))
def test_a_term_is_offered_while_it_ends_within_the_ca_s_own_validity(
    old: datetime, latest: datetime, months: int
) -> None:
    offered = terms((Price(months, 20000),), old, latest)
    assert bool(offered) is (later(old, months) <= latest)


def test_a_ca_without_an_end_lets_no_term_fall_away() -> None:
    never = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)  # RFC 5280 4.1.2.5
    (ending,) = endings((Price(36, 54000),), never, timedelta(days=90))
    assert ending.first > datetime(9990, 1, 1, tzinfo=UTC)
    assert terms((Price(36, 54000),), datetime(2027, 1, 1, tzinfo=UTC), never)
    assert later(never, 12) == never


@given(MOMENTS, st.integers(12, 60))
def test_the_day_a_term_falls_away_is_the_one_after_which_none_is_offered(latest: datetime, months: int) -> None:
    prices = (Price(months, 20000),)
    (ending,) = endings(prices, latest, timedelta(days=90))
    assert terms(prices, ending.last, latest)
    assert not terms(prices, ending.last + timedelta(days=1), latest)
    assert ending.last - ending.first == timedelta(days=90)
