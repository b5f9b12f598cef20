"""Label and value in two columns."""

from tui.kiosk.widgets.facts import Fact, table


def test_no_digit_of_a_long_number_stands_alone() -> None:
    lines = table((Fact("序列号", "0123456789ABCDEF0123456789ABCDEF01234567"),), 47).plain.split("\n")
    assert [line.strip() for line in lines] == ["序列号  0123456789ABCDEF0123", "456789ABCDEF01234567"]
