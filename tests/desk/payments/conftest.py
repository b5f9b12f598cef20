"""Keys shared by the payment tests."""

from pathlib import Path

import pytest

from tui.sandbox.gateways.payment_keys import make_unionpay_keys


@pytest.fixture(scope="session")
def unionpay_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a platform, its authorities and a merchant."""
    directory = tmp_path_factory.mktemp("unionpay")
    make_unionpay_keys(directory)
    return directory
