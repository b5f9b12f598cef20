"""A key or certificate file that the desk cannot use is named when its parts are built, in Chinese and English."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from tests.harness.desk.signing import pem
from tests.harness.desk.town import make_ca, make_settings
from tui.desk.notifications.sms import SmsSettings
from tui.desk.notifications.smtp import MailSettings
from tui.desk.platforms.nuonuo.settings import TaxPlatformSettings
from tui.desk.settings_reader import Password, SecretBytes, SettingsError
from tui.desk.storage.database import open_database
from tui.desk.wiring import build

URL = "https://127.0.0.1/open"


def refusal(folder: Path, **changes: Any) -> str:
    """What is said of the settings, after the name of the file in the folder."""
    settings = make_settings(folder, **changes)
    with pytest.raises(SettingsError) as refused:
        build(settings, open_database(settings.database))
    said = str(refused.value)
    assert said.startswith(f"{folder}/")
    assert " / " in said
    return said.removeprefix(f"{folder}/")


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("ca.pem", None, "ca.pem 不能使用"),
        ("ca.key", None, "ca.key 不能使用"),
        ("ca.pem", b"", "ca.pem 不是PEM格式的证书"),
        ("ca.pem", b"\xff\x00", "ca.pem 不是PEM格式的证书"),
        ("ca.key", b"", "ca.key 不是PEM格式、没有口令的私钥"),
        ("ca.key", b"\xff\x00", "ca.key 不是PEM格式、没有口令的私钥"),
        ("ca.key", pem(ec.generate_private_key(ec.SECP256R1()), b"secret"), "ca.key 不是PEM格式、没有口令的私钥"),
        ("ca.key", pem(ed25519.Ed25519PrivateKey.generate()), "ca.key 既不是RSA私钥也不是EC私钥"),
    ],
)
def test_of_the_ca(tmp_path: Path, file: str, content: bytes | None, said: str) -> None:
    make_ca(tmp_path)
    if content is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_bytes(content)
    assert refusal(tmp_path).startswith(said)


def test_of_the_ca_that_are_no_pair(tmp_path: Path) -> None:
    make_ca(tmp_path)
    (tmp_path / "ca.key").write_bytes(pem(ec.generate_private_key(ec.SECP256R1())))
    assert refusal(tmp_path).startswith(f"ca.pem, {tmp_path}/ca.key 不是一对证书和私钥")


def sms(file: Path) -> dict[str, object]:
    return {"sms": SmsSettings(url=URL, key=SecretBytes(b"k" * 32), ca_file=file)}


def mail(file: Path) -> dict[str, object]:
    return {"mail": MailSettings(host="127.0.0.1", port=465, sender="ca@example.com", ca_file=file)}


def invoices(file: Path) -> dict[str, object]:
    table = TaxPlatformSettings(
        url=URL,
        token_url=URL,
        app_key="k",
        app_secret=Password(b"s"),
        seller_tax_number="91440300100012316L",
        tax_code="3040201000000000000",
        token_cache=file.parent / "token.json",
        ca_file=file,
    )
    return {"invoices": table}


@pytest.mark.parametrize("table", [sms, mail, invoices])
@pytest.mark.parametrize(
    ("content", "said"), [(None, "不能使用"), (b"", "不是PEM格式的证书"), (b"\xff\x00", "不是PEM格式的证书")]
)
def test_of_those_whom_a_partner_is_trusted_by(
    tmp_path: Path, table: Callable[[Path], dict[str, object]], content: bytes | None, said: str
) -> None:
    make_ca(tmp_path)
    file = tmp_path / "trusted.pem"
    if content is not None:
        file.write_bytes(content)
    assert refusal(tmp_path, **table(file)).startswith(f"trusted.pem {said}")
