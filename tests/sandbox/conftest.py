"""A fresh payment platform for every test, with keys made once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.gateways.callers import AlipayCaller, Caller, UnionPayCaller
from tests.harness.gateways.served import Clock, Merchant, served
from tui.sandbox.gateways.alipay.gateway import AlipaySandbox
from tui.sandbox.gateways.alipay.keys import make_alipay_keys
from tui.sandbox.gateways.unionpay.gateway import UnionPaySandbox
from tui.sandbox.gateways.unionpay.keys import make_unionpay_keys

FAST = 0.0001
"""Of the time that the platforms take between two sendings of a notice."""


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


@pytest.fixture
def alipay(alipay_directory: Path, clock: Clock) -> Iterator[AlipayCaller]:
    """A merchant of Alipay."""
    platform = AlipaySandbox(alipay_directory, time_scale=FAST, clock=clock)
    with served(platform) as base:
        yield AlipayCaller(platform, base, alipay_directory, clock)


@pytest.fixture
def unionpay(unionpay_directory: Path, clock: Clock) -> Iterator[UnionPayCaller]:
    """A merchant of UnionPay."""
    platform = UnionPaySandbox(unionpay_directory, time_scale=FAST, clock=clock)
    with served(platform) as base:
        yield UnionPayCaller(platform, base, unionpay_directory, clock)


@pytest.fixture(params=["alipay", "unionpay"])
def caller(request: pytest.FixtureRequest) -> Caller:
    """A merchant of each of the manual's two platforms."""
    made: Caller = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def merchant(caller: Caller) -> Iterator[Merchant]:
    """The notice address of the caller."""
    merchant = Merchant()
    with served(merchant) as address:
        caller.notify_url = f"{address}/notify"
        yield merchant
        caller.platform.close()
