"""A desk.toml with the files that it names."""

import base64
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from tests.harness.vectors import load
from tui.sandbox.gateways.common.keys import issue

_VECTOR = load("unionpay_request_sign")
PFX = base64.b64decode(_VECTOR["merchant_pfx_base64"])
_KEY = rsa.generate_private_key(65537, 2048)
_ROOT = issue("Root", _KEY, "Root", _KEY).public_bytes(Encoding.PEM)
FILE = """
[desk]
certificate = "tls/desk.pem"
key = "tls/desk.key"
data_key_file = "data.key"
[[prices]]
months = 12
fee_fen = 20000
[ca]
certificate = "ca/ca.pem"
key = "ca/ca.key"
[payments.unionpay]
gateway_url = "https://gateway.example/api"
mer_id = "777290058100001"
pfx_file = "merchant.pfx"
pfx_password_file = "password"
trust_bundle_file = "trust.pem"
payee = "网证通"
closing_grace = 30
[mail]
host = "127.0.0.1"
port = 2525
sender = "desk@example.cn"
starttls = false
"""


def write_desk_file(directory: Path) -> Path:
    """Write all of it; the path of desk.toml."""
    secrets = {"data.key": base64.b64encode(bytes(32)), "merchant.pfx": PFX, "password": b"000000\n"}
    for name, content in (secrets | {"trust.pem": _ROOT}).items():
        (directory / name).write_bytes(content)
        (directory / name).chmod(0o600)
    (directory / "desk.toml").write_text(FILE, encoding="utf-8")
    return directory / "desk.toml"
