"""Write the files of a sandbox's folder: addresses, settings of desk and kiosk, answers for a scripted renewal."""

import base64
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tui.core.payment_method import PaymentMethod
from tui.sandbox.authorities import make_ca, make_tls, write
from tui.sandbox.faults import CHANNELS
from tui.sandbox.gateways.common.keys import PAYEE, toml_text
from tui.sandbox.gateways.registry import counterpart
from tui.sandbox.gateways.tax.keys import SERVICES_PATH, TOKEN_PATH, TaxKeys

ACCOUNT, PASSWORD = "supplier01", "Renew2026"
COMPANY, COMPANY_NUMBER = "深圳市示例供应商有限公司", "91440300100012316L"
"""Demonstration buyer with a valid unified social credit code (GB 32100-2015)."""
SELLER_NUMBER = "91440101100012341C"
TAX_CODE = "3040601000000000000"


if TYPE_CHECKING:

    class Addresses(msgspec.Struct, frozen=True):
        """`sandbox.json`: where everything listens."""

        desk: str
        tax: str
        sms: str
        smtp: str
        """host:port."""
        ca_file: str
        """PEM to trust for all of them."""
        account: str

        def __getattr__(self, name: str) -> str:
            """A payment platform's, by its name; empty where an earlier version made the folder."""
else:
    Addresses = msgspec.defstruct(
        "Addresses",
        [
            ("desk", str),
            *((name, str, "") for name in CHANNELS),
            *((name, str) for name in ("tax", "sms", "smtp", "ca_file", "account")),
        ],
        frozen=True,
        kw_only=True,
    )


SERVICES = ("desk", *CHANNELS, "tax", "sms", "smtp")


def read_addresses(directory: Path) -> Addresses:
    """What `sandbox up` wrote.

    :raises OSError: there is no sandbox in this folder.
    """
    return msgspec.json.decode((directory / "sandbox.json").read_bytes(), type=Addresses)


def kept_ports(directory: Path) -> dict[str, int]:
    """Port of each service in an earlier run; empty when there was none."""
    if not (directory / "sandbox.json").exists():
        return {}
    addresses = read_addresses(directory)
    kept = {name: getattr(addresses, name).rpartition(":")[2] for name in SERVICES}
    return {name: int(port) for name, port in kept.items() if port}


def make_keys(directory: Path) -> None:
    """Authorities, keys and secrets; what exists is kept."""
    make_tls(directory / "tls")
    make_ca(directory / "ca")
    for method in PaymentMethod:
        counterpart(method).make_keys(directory / method.value)
    secrets = {
        "desk-data.key": base64.b64encode(os.urandom(32)),
        "sms.key": os.urandom(16).hex().encode(),
        "tax.secret": os.urandom(8).hex().upper().encode(),
    }
    for name, secret in secrets.items():
        if not (directory / name).exists():
            write(directory / name, secret)


def tax_keys(directory: Path) -> TaxKeys:
    """Who the desk is at the tax platform."""
    return TaxKeys("SD10000001", (directory / "tax.secret").read_text("ascii").strip(), SELLER_NUMBER)


def write_settings(directory: Path, ports: dict[str, int]) -> Addresses:
    """Write what is missing; files of an earlier run stay as people left them, but for ports that had to change."""
    before = kept_ports(directory)
    texts = {"kiosk.toml": _kiosk(ports), "desk.toml": _desk(directory, ports), "answers.toml": _answers()}
    for name, text in texts.items():
        path = directory / name
        write(path, (_moved(path.read_text("utf-8"), before, ports) if path.exists() else text).encode())
    addresses = Addresses(
        **{name: f"https://127.0.0.1:{ports[name]}" for name in SERVICES[:-1]},
        smtp=f"127.0.0.1:{ports['smtp']}",
        ca_file=str((directory / "tls/ca.pem").absolute()),
        account=ACCOUNT,
    )
    write(directory / "sandbox.json", msgspec.json.format(msgspec.json.encode(addresses)) + b"\n")
    return addresses


def _moved(text: str, before: dict[str, int], now: dict[str, int]) -> str:
    """All ports at once: one service's new port may be another's old one."""
    moves = {str(port): str(now[name]) for name, port in before.items()}
    return re.sub(r"(?<=127\.0\.0\.1:)\d+|(?<=^port = )\d+", lambda m: moves.get(m[0], m[0]), text, flags=re.MULTILINE)


def _kiosk(ports: dict[str, int]) -> str:
    return f"""\
# `ca-kiosk sandbox token` adds the [[token.modules]].
[desk]
url = "https://127.0.0.1:{ports["desk"]}"
ca_file = "tls/ca.pem"

[kiosk]
log = "kiosk.log"
"""


def _desk(directory: Path, ports: dict[str, int]) -> str:
    tables = (counterpart(m).desk_table(directory / m.value, ports[m.value]) for m in PaymentMethod)
    payments = "\n".join(tables)
    return f"""\
[desk]
host = "127.0.0.1"
port = {ports["desk"]}
certificate = "tls/server.pem"
key = "tls/server.key"
database = "sqlite:///desk.db"
public_url = "https://127.0.0.1:{ports["desk"]}"
data_key_file = "desk-data.key"
minimum_kiosk_version = "0.1.0"
window_days = 90
hotline = "020-89524338"
qq = "4008301330"

[[prices]]
months = 12
fee_fen = 20000

[[prices]]
months = 24
fee_fen = 38000

[[prices]]
months = 36
fee_fen = 54000

[[names]]
chinese = {toml_text(PAYEE)}
english = "Digital Certificate Service Centre (demo)"

[ca]
kind = "local"
certificate = "ca/ca.pem"
key = "ca/ca.key"
directory = "ca/issued"

{payments}
[invoices]
url = "https://127.0.0.1:{ports["tax"]}{SERVICES_PATH}"
token_url = "https://127.0.0.1:{ports["tax"]}{TOKEN_PATH}"
app_key = {toml_text(tax_keys(directory).app_key)}
app_secret_file = "tax.secret"
seller_tax_number = "{SELLER_NUMBER}"
seller_name = "网证通（演示）"
seller_phone = "020-89524338"
tax_code = "{TAX_CODE}"
token_cache = "tax-token.json"
file_hosts = ["127.0.0.1:{ports["tax"]}"]
ca_file = "tls/ca.pem"

[mail]
host = "127.0.0.1"
port = {ports["smtp"]}
sender = "ca@kiosk.example.com"
sender_name = "数字证书服务中心（演示）"
ca_file = "tls/ca.pem"

[sms]
url = "https://127.0.0.1:{ports["sms"]}/send"
key_file = "sms.key"
ca_file = "tls/ca.pem"
"""


def _answers() -> str:
    return f"""\
account = "{ACCOUNT}"
password = "{PASSWORD}"
term_months = 12

[agent]
id_type = "resident_id"
id_number = "11010519491231002X"
name = "张三"
mobile = "13800000000"
email = "zhangsan@example.com"

[recipient]
same_as_agent = true
address = "深圳市福田区福华路1号501室"

[payment]
method = "alipay"

[invoice]
tax_number = "{COMPANY_NUMBER}"
title = "{COMPANY}"
"""
