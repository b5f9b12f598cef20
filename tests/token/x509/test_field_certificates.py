"""Certificates as they come from the field: from their bytes to the verdict that the person hears before all else."""

import base64
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.harness.odd_certificates import CN, attribute, der, name, odd
from tests.harness.odd_certificates import NOW as CLOCK
from tui.core.eligibility import why_not
from tui.core.failure import Reason
from tui.token.x509.certificates import read

NOW = datetime(2026, 11, 20, tzinfo=UTC)
"""Within the last month of both."""


@pytest.mark.parametrize(
    ("name", "common_name", "reason"),
    [
        ("printable-amp", "Test & Sons_Co @ SZ*", None),  # X.680's PrintableString has none of & _ @ *
        ("dup-ext", "测试供应商有限公司", Reason.CERTIFICATE_MALFORMED),  # RFC 5280, 4.2: no extension twice
    ],
)
def test_the_verdict(name: str, common_name: str, reason: Reason | None) -> None:
    pem = (Path(__file__).parent / "vectors" / f"{name}.pem").read_text()
    der = base64.b64decode("".join(line for line in pem.splitlines() if not line.startswith("-")))
    shown = read(der, b"\x01", "", has_private_key=True)
    assert (shown.common_name, why_not(shown, NOW)) == (common_name, reason)


ODD = {
    "serial number 0": {"serial": b"\0"},
    "negative serial number": {"serial": b"\x80\1"},
    "serial number of 21 octets": {"serial": b"\x7f" * 21},
    "version 1 written out": {"version": b"\0"},
    "version 2": {"version": b"\1"},
    "NULL beside ECDSA": {"parameters": b"\x05\0"},
    "a row of strings": {"holder": name(attribute("2.5.4.16", 0x30, der(0x0C, b"x")), attribute(CN, 0x0C, b"y"))},
    "to the year 9999": {"validity": der(0x30, der(0x17, b"260101000000Z"), der(0x18, b"99991231235959Z"))},
    "of the first year": {"validity": der(0x30, der(0x18, b"00010101000000Z"), der(0x17, b"261213050000Z"))},
}
"""Each breaks a rule for CAs, and is read by whoever relies on it."""


@pytest.mark.parametrize("what", ODD)
def test_what_openssl_reads_is_renewed(what: str) -> None:
    whole = odd(signature="1.2.840.10045.4.3.2", **ODD[what])
    shown = read(whole, b"\x01", "", has_private_key=True)
    text = subprocess.run(["openssl", "x509", "-inform", "DER", "-noout", "-serial"], input=whole, capture_output=True)  # noqa: PLW1510
    assert text.returncode == 0
    assert int(shown.serial, 16) == int(text.stdout.decode().removeprefix("serial="), 16)
    assert why_not(shown, CLOCK) in {None, Reason.TOO_EARLY}
