"""Certificates as they come from the field: from their bytes to the verdict that the person hears before all else."""

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest

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
