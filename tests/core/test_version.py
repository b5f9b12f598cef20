"""A kiosk is too old by the numbers of its version, whatever a desk writes."""

import pytest

from tui.core.failure import Reason
from tui.core.version import is_below, too_old


@pytest.mark.parametrize(
    ("version", "least"), [("1.9.0", "1.10.0"), ("1.8.0", "1.8.0.1"), ("1.8", "1.8.1"), ("0.9", "1"), ("1.x", "1.1")]
)
def test_it_is_below(version: str, least: str) -> None:
    assert is_below(version, least)
    assert not is_below(least, version)


@pytest.mark.parametrize("least", ["1.8.0", "1.8", "1.8.0.0", "1", "", "1.²", "१", f"1.{'9' * 5000}", "²"])
def test_it_is_not(least: str) -> None:
    assert too_old("1.8.0", least) is None


def test_both_are_told() -> None:
    failure = too_old("1.8.0", "2.0")
    assert failure is not None
    assert (failure.reason, failure.detail) == (Reason.KIOSK_TOO_OLD, "1.8.0 < 2.0")
