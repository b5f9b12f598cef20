"""Which names are one, against OpenSSL's choice of an issuer."""

import subprocess
from pathlib import Path
from ssl import DER_cert_to_PEM_cert

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.core.x509.test_extensions import KEY, TRUE, constraints, signed
from tests.harness.odd_certificates import CN, ISSUER, O, attribute, name, odd
from tui.core.x509.names import is_same

ECDSA = "1.2.840.10045.4.3.2"
DIGITS = name(attribute(CN, 0x12, b"44 07"))
ISSUERS = {
    "the same": (True, ISSUER, ISSUER),
    "another string type": (True, ISSUER, name(attribute(CN, 0x1E, "国密 CA".encode("utf-16-be")))),
    "another case": (True, ISSUER, name(attribute(CN, 0x0C, "国密 ca".encode()))),
    "more blanks": (True, ISSUER, name(attribute(CN, 0x0C, " 国密 \t CA ".encode()))),
    "no blank": (False, ISSUER, name(attribute(CN, 0x0C, "国密CA".encode()))),
    "a wide blank": (False, ISSUER, name(attribute(CN, 0x0C, "国密\u3000CA".encode()))),
    "wide letters": (False, ISSUER, name(attribute(CN, 0x0C, "国密 ＣＡ".encode()))),
    "another type": (False, ISSUER, name(attribute(O, 0x0C, "国密 CA".encode()))),
    "twice": (False, ISSUER, name(*[attribute(CN, 0x0C, "国密 CA".encode())] * 2)),
    "twice in the set": (False, ISSUER, name(attribute(CN, 0x0C, "国密 CA".encode()) * 2)),
    "one more in the set": (False, ISSUER, name(attribute(CN, 0x0C, "国密 CA".encode()) + attribute(O, 0x0C, b"x"))),
    "nobody": (False, ISSUER, name()),
    "digits": (True, DIGITS, DIGITS),
    "digits with more blanks": (False, DIGITS, name(attribute(CN, 0x12, b"44  07"))),
    "digits of another string type": (False, DIGITS, name(attribute(CN, 0x13, b"44 07"))),
    "printable digits with more blanks": (
        *(True, name(attribute(CN, 0x13, b"44 07")), name(attribute(CN, 0x0C, b"44  07"))),
    ),
}
"""What the authority is called, and the issuer."""


@pytest.mark.parametrize("what", ISSUERS)
def test_two_names_are_one_where_openssl_finds_the_issuer(tmp_path: Path, what: str) -> None:
    same, called, issuer = ISSUERS[what]
    spki = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    authority = odd(issuer=called, holder=called, spki=spki, extensions=constraints(TRUE), signature=ECDSA)
    (tmp_path / "ca.pem").write_text(DER_cert_to_PEM_cert(signed(authority)))
    (tmp_path / "leaf.der").write_bytes(signed(odd(issuer=issuer, signature=ECDSA)))
    command = ["openssl", "verify", "-no_check_time", "-CAfile", "ca.pem", "leaf.der"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True)  # noqa: PLW1510 — both are asked for
    assert (is_same(issuer, called), said.returncode == 0) == (same, same), said.stderr


def test_what_is_no_name_is_told() -> None:
    with pytest.raises(ValueError, match="not one element"):
        is_same(b"\x05\0", ISSUER)
