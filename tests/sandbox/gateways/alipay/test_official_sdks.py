"""Alipay's own SDKs as clients of the stand-in: what they accept, the real platform may have sent."""

import base64
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from tests.harness.gateways.callers import AlipayCaller
from tui.sandbox.gateways.alipay.certificates import ALIPAY_CERTIFICATE, APP_CERTIFICATE, ROOT_CERTIFICATES
from tui.sandbox.gateways.common.keys import stranger
from tui.sandbox.gateways.common.ledger import Stage

NPM, PYTHON = "alipay-sdk@4.14.0", "alipay-sdk-python==3.7.1411"
NEEDED = ("rsa", "pycryptodome")
"""What the Python SDK imports."""
SDK = Path(__file__).parent / "sdk"


def test_the_npm_sdk_with_validate_sign(alipay: AlipayCaller, tmp_path: Path) -> None:
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("node or npm is not installed")
    install(
        "npm",
        "install",
        "--fetch-retries=1",
        "--no-save",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--prefix",
        tmp_path,
        NPM,
    )
    directory = alipay.directory
    files = {
        "privateKey": directory / "app_private.pem",
        "appPublicKey": directory / "app_public.pem",
        "alipayPublicKey": directory / "alipay_public.pem",
        "appCertificate": directory / APP_CERTIFICATE,
        "alipayCertificate": directory / ALIPAY_CERTIFICATE,
        "rootCertificates": directory / ROOT_CERTIFICATES,
    }
    strangers = stranger().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    settings = {name: path.read_text().strip() for name, path in files.items()} | {"strangersKey": strangers.strip()}
    told = run(["node", SDK / "alipay_npm.cjs"], alipay, settings | {"installed": str(tmp_path)})

    for mode, number in (("publicKey", "K1"), ("certificate", "K2")):
        bought = told[mode]
        assert bought["precreate"]["qrCode"].startswith("https://qr.alipay.com/bax"), bought
        assert bought["unscanned"]["subCode"] == "ACQ.TRADE_NOT_EXIST"
        assert (bought["paid"]["tradeStatus"], bought["paid"]["totalAmount"]) == ("TRADE_SUCCESS", "88.80")
        assert (bought["refund"]["fundChange"], bought["refund"]["refundFee"]) == ("Y", "88.80")
        assert bought["refunded"]["refundStatus"] == "REFUND_SUCCESS"
        assert_given_back(alipay, number)
    for refused in ("wrongAlipayKey", "strangersSignature"):
        assert "验签失败" in told[refused]["thrown"]
    assert told["wrongAppKey"]["subCode"] == "isv.invalid-signature"
    assert told["afterwards"]["tradeStatus"] == "TRADE_CLOSED"


def test_the_python_sdk(alipay: AlipayCaller, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True, capture_output=True)
    python = tmp_path / "venv/bin/python"
    pip: list[str | Path] = [python, "-m", "pip", "--disable-pip-version-check", "--retries=1", "--quiet"]
    install(*pip, "install", "--no-compile", "--only-binary", ":all:", *NEEDED)
    # Used as a wheel: the SDK is 36609 files, which take minutes to unpack.
    install(*pip, "download", "--no-deps", "--dest", tmp_path, PYTHON)
    (wheel,) = tmp_path.glob("*.whl")
    settings = {"wheel": str(wheel)}
    for name, key in (
        ("privateKey", "app_private"),
        ("appPublicKey", "app_public"),
        ("alipayPublicKey", "alipay_public"),
    ):
        settings[name] = bare(alipay.directory / f"{key}.pem")
    strangers = stranger().private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    settings["strangersKey"] = base64.b64encode(strangers).decode()
    told = run([python, SDK / "alipay_python.py"], alipay, settings)

    assert told["precreate"]["qr_code"].startswith("https://qr.alipay.com/bax")
    assert told["unscanned"]["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    assert (told["paid"]["trade_status"], told["paid"]["total_amount"]) == ("TRADE_SUCCESS", "88.80")
    assert (told["refund"]["fund_change"], told["refund"]["refund_fee"]) == ("Y", "88.80")
    assert_given_back(alipay, "K1")
    assert "sign verify failed" in told["wrongAlipayKey"]["raised"]
    # Unsigned as it is, the SDK takes the gateway's refusal for a broken answer, and shows it.
    assert "isv.invalid-signature" in told["wrongAppKey"]["raised"]


def install(*command: str | Path) -> None:
    """Run a registry's ordinary client; where its registry is out of reach, its complaint is the reason to skip."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        complaint = next((line for line in done.stderr.splitlines() if "error" in line.lower()), done.stderr)
        pytest.skip(f"{Path(command[0]).name} installs nothing: {complaint}")


def run(command: list[str | Path], alipay: AlipayCaller, settings: dict[str, str]) -> dict[str, Any]:
    """What the program told of its calls; keys go in by standard input."""
    town = settings | {"base": alipay.base, "appId": alipay.platform._speaker.merchant.app_id}
    local = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    done = subprocess.run(
        command,
        input=json.dumps(town),
        capture_output=True,
        text=True,
        check=False,
        env=local | {"TZ": "Asia/Shanghai"},
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def bare(path: Path) -> str:
    """The key as the Python SDK wants it: base64 without lines, a private one as PKCS#1."""
    pem = path.read_bytes()
    if b"PRIVATE" in pem:
        private = load_pem_private_key(pem, None)
        der = private.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    else:
        public = load_pem_public_key(pem)
        assert isinstance(public, rsa.RSAPublicKey)
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def assert_given_back(alipay: AlipayCaller, number: str) -> None:
    trade = alipay.platform.trade(number)
    assert trade
    assert (trade.stage, trade.refunded_fen) == (Stage.CLOSED, 8880)
