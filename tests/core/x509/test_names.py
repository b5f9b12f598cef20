"""Which names are one, against OpenSSL's choice of an issuer."""

import subprocess
from pathlib import Path

import pytest

from tests.core.x509.test_extensions import AUTHORITY_PEM, signed
from tests.harness.odd_certificates import CN, ISSUER, O, attribute, name, odd
from tui.core.x509.names import is_same

ISSUERS = {
    "the same": (True, ISSUER),
    "another string type": (True, name(attribute(CN, 0x1E, "国密 CA".encode("utf-16-be")))),
    "another case": (True, name(attribute(CN, 0x0C, "国密 ca".encode()))),
    "more blanks": (True, name(attribute(CN, 0x0C, " 国密 \t CA ".encode()))),
    "no blank": (False, name(attribute(CN, 0x0C, "国密CA".encode()))),
    "a wide blank": (False, name(attribute(CN, 0x0C, "国密\u3000CA".encode()))),
    "wide letters": (False, name(attribute(CN, 0x0C, "国密 ＣＡ".encode()))),
    "another type": (False, name(attribute(O, 0x0C, "国密 CA".encode()))),
    "twice": (False, name(attribute(CN, 0x0C, "国密 CA".encode()), attribute(CN, 0x0C, "国密 CA".encode()))),
    "one more in the set": (False, name(attribute(CN, 0x0C, "国密 CA".encode()) + attribute(O, 0x0C, b"x"))),
    "nobody": (False, name()),
}


@pytest.mark.parametrize("what", ISSUERS)
def test_two_names_are_one_where_openssl_finds_the_issuer(tmp_path: Path, what: str) -> None:
    same, issuer = ISSUERS[what]
    (tmp_path / "leaf.der").write_bytes(signed(odd(issuer=issuer, signature="1.2.840.10045.4.3.2")))
    (tmp_path / "ca.pem").write_bytes(AUTHORITY_PEM)
    command = ["openssl", "verify", "-no_check_time", "-CAfile", "ca.pem", "leaf.der"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True)  # noqa: PLW1510 — both are asked for
    assert (is_same(issuer, ISSUER), said.returncode == 0) == (same, same), said.stderr


def test_what_is_no_name_is_told() -> None:
    with pytest.raises(ValueError, match="not one element"):
        is_same(b"\x05\0", ISSUER)
