"""Certificates as tokens hold them: in PEM, behind blanks, in BER, followed by what was in the file before."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import PyKCS11
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from tests.harness.token.support import APPLICATION, CHALLENGE, openssl, pin, quiet, reference, requested
from tests.rig.child import process
from tests.rig.softhsm import KEY_ID, TestCa, init_token, issue, make_ca, make_key, put_key, subject
from tui.core.order import ApplicationStatus
from tui.core.policy import KeyPolicy
from tui.core.x509.der import SEQUENCE, element, encode
from tui.core.x509.parts import dissect
from tui.core.x509.pem import pem
from tui.desk.crypto.csr import read_request
from tui.token.tokens import Tokens
from tui.token.x509.lenient import alone

OTHER = issue(make_ca(), subject("发证机构"), make_key("ec256").public_key())
FILES: dict[str, Callable[[bytes], bytes]] = {
    "PEM": pem,
    "PEM with text around it": lambda der: b"Bag Attributes\r\n" + pem(der).replace(b"\n", b"\r\n") + b"\0\0",
    "blanks before it": lambda der: b"\r\n " + der,
    "zeros around it": lambda der: b"\0\0" + der + bytes(40),
    "FF behind it": lambda der: der + b"\xff" * 40,
    "the rest of a chain in PEM behind it": lambda der: der + pem(OTHER),
}


@pytest.mark.parametrize("file", FILES)
def test_a_certificate_stands_alone_whatever_is_around_it(ca: TestCa, file: str) -> None:
    der = issue(ca, subject("供应商"), make_key("ec256").public_key())
    assert alone(FILES[file](der)) == der


@pytest.mark.parametrize(
    "other",
    [
        b"",
        b"\0\0",
        b"-----BEGIN CERTIFICATE-----\nMI\n-----END ",
        b"-----BEGIN CERTIFICATE-----A-----END ",
        b"\x30\5ab",
    ],
)
def test_what_is_no_certificate_stays_as_it_is(other: bytes) -> None:
    assert alone(other) == other


def put(module: str, secret: str, value: bytes, name: bytes) -> None:
    """Called in a process of its own, which loads the driver."""
    library = PyKCS11.PyKCS11Lib()
    library.load(module)
    session = library.openSession(library.getSlotList(tokenPresent=True)[0], PyKCS11.CKF_RW_SESSION)
    session.login(secret)
    session.createObject(
        [
            (PyKCS11.CKA_CLASS, PyKCS11.CKO_CERTIFICATE),
            (PyKCS11.CKA_CERTIFICATE_TYPE, PyKCS11.CKC_X_509),
            (PyKCS11.CKA_TOKEN, True),
            (PyKCS11.CKA_PRIVATE, False),
            (PyKCS11.CKA_ID, bytes.fromhex(KEY_ID)),
            (PyKCS11.CKA_LABEL, "证书"),
            (PyKCS11.CKA_SUBJECT, name),
            (PyKCS11.CKA_VALUE, value),
        ]
    )


def in_ber(ca: TestCa, der: bytes) -> bytes:
    """The same certificate without lengths."""
    content = element(der, SEQUENCE).row[0].content
    return b"\x30\x80" + signed(ca, der, b"\x30\x80" + content + b"\0\0") + b"\0\0"


def compressed(ca: TestCa, der: bytes) -> bytes:
    """The same certificate with its key as a compressed point (SEC 1, 2.3.3)."""
    tbs = element(der, SEQUENCE).row[0]
    algorithm, point = tbs.row[6].row
    short = bytes((2 | point.content[-1] & 1,)) + point.content[2:34]
    spki = encode(SEQUENCE, algorithm.whole, encode(0x03, b"\0", short))
    return encode(
        SEQUENCE,
        signed(ca, der, encode(SEQUENCE, *(spki if at == 6 else field.whole for at, field in enumerate(tbs.row)))),
    )


def signed(ca: TestCa, der: bytes, tbs: bytes) -> bytes:
    """What is signed instead, with the algorithm and the signature."""
    assert isinstance(ca.key, ec.EllipticCurvePrivateKey)
    signature = encode(0x03, b"\0", ca.key.sign(tbs, ec.ECDSA(hashes.SHA256())))
    return tbs + element(der, SEQUENCE).row[1].whole + signature


@pytest.mark.parametrize("policy", KeyPolicy)
@pytest.mark.parametrize("file", ["PEM", "BER", "a compressed point"])
async def test_from_request_to_proof(
    tmp_path: Path, ca: TestCa, serving: Callable[..., Tokens], file: str, policy: KeyPolicy
) -> None:
    key, empty = make_key("ec256"), init_token(tmp_path / "token")
    old = issue(ca, subject("供应商"), key.public_key(), days_left=20)
    old = {"BER": in_ber, "a compressed point": compressed}.get(file, lambda _, der: der)(ca, old)
    put_key(empty, key, key_id=KEY_ID, label="odd")
    with process(empty.environment) as own:
        value = pem(old) if file == "PEM" else old
        own.call(put, str(empty.module), empty.pin, value, dissect(old).subject)
    soft = replace(empty, certificate_der=old)
    tokens, application = serving(soft), replace(APPLICATION, key_policy=policy)
    (token,) = (await tokens.take_snapshot()).tokens
    assert [(c.der, c.common_name, c.well_formed, c.has_private_key) for c in token.certificates] == [
        (old, "供应商", True, True)
    ]
    assert token.bare_keys == ()
    request = await requested(tokens, soft, application=application)
    (tmp_path / "evidence.der").write_bytes(request.evidence)
    (tmp_path / "ca.pem").write_bytes(ca.certificate.public_bytes(Encoding.PEM))
    trusting = ("-CAfile", "ca.pem", "-purpose", "any", "-binary", "-out", "content")
    openssl("cms", "-verify", "-in", "evidence.der", "-inform", "DER", *trusting, folder=tmp_path)

    new = issue(ca, subject("供应商"), read_request(request.csr).key, days_left=385)
    ready = replace(
        application, status=ApplicationStatus.ISSUED, certificate=new, challenge=CHALLENGE, old_certificate=old
    )
    done = await tokens.install(await reference(tokens, old), pin(), ready, quiet)
    assert (done.old.der, done.new.der) == (old, new)
