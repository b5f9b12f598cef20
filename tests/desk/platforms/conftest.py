"""Keys shared by the payment tests."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tui.desk.crypto.rsa_keys import load_private
from tui.desk.platforms.unionpay.trust import UnionPayTrust
from tui.process.clock import utc_now
from tui.sandbox.gateways.unionpay.keys import make_unionpay_keys


@pytest.fixture(scope="session")
def unionpay_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a platform, its authorities and a merchant."""
    directory = tmp_path_factory.mktemp("unionpay")
    make_unionpay_keys(directory)
    return directory


@pytest.fixture
def trust(unionpay_keys: Path) -> UnionPayTrust:
    """What the desk believes for these keys."""
    return UnionPayTrust((unionpay_keys / "bundle.pem").read_bytes(), utc_now)


@pytest.fixture
def middle_key(unionpay_keys: Path) -> rsa.RSAPrivateKey:
    """The key that issues signing certificates."""
    return load_private((unionpay_keys / "middle.key").read_bytes())


@pytest.fixture
def platform_key(unionpay_keys: Path) -> rsa.RSAPrivateKey:
    """The key that signs for UnionPay."""
    return load_private((unionpay_keys / "platform.key").read_bytes())


@pytest.fixture
def platform_pem(unionpay_keys: Path) -> str:
    """The certificate that every message brings."""
    return (unionpay_keys / "platform.pem").read_text()
