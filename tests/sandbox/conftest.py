"""A fresh payment platform for every test, with keys made once."""

import shutil
from pathlib import Path

import pytest

from tests.sandbox.served import Clock
from tui.sandbox.gateways.payment_keys import make_alipay_keys, make_unionpay_keys


@pytest.fixture(scope="session")
def _alipay_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("alipay")
    make_alipay_keys(directory)
    return directory


@pytest.fixture(scope="session")
def _unionpay_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("unionpay")
    make_unionpay_keys(directory)
    return directory


@pytest.fixture
def alipay_directory(_alipay_keys: Path, tmp_path: Path) -> Path:
    """An Alipay that has seen no trade yet."""
    return Path(shutil.copytree(_alipay_keys, tmp_path / "alipay"))


@pytest.fixture
def unionpay_directory(_unionpay_keys: Path, tmp_path: Path) -> Path:
    """A UnionPay that has seen no trade yet."""
    return Path(shutil.copytree(_unionpay_keys, tmp_path / "unionpay"))


@pytest.fixture
def clock() -> Clock:
    """A clock that is set by hand."""
    return Clock()
