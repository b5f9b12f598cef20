"""Tests say the same when a script runs them in the background."""

import signal

from tests.conftest import pytest_configure


def test_what_ctrl_c_is_to_end_does_not_ignore_it() -> None:
    found = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        pytest_configure()
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, found)
