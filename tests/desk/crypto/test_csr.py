"""A request is one PEM block of DER by a sound key; whatever else comes is refused and says why."""

import base64
from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from tests.harness.desk.rules import refusal
from tests.harness.desk.signing import PADDINGS, sign_request
from tests.harness.desk.town import Person, Town, b64
from tui.core.failure import Reason
from tui.core.order import Application
from tui.core.policy import SignatureScheme
from tui.desk.crypto.csr import NoRequest, UnfitKey, read_request
from tui.desk.crypto.signatures import NotSigned

NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "张三")])
EC_KEY = ec.generate_private_key(ec.SECP256R1())
GOOD = sign_request(EC_KEY, NAME, PADDINGS[SignatureScheme.PKCS1])
BEGIN, END = b"-----BEGIN CERTIFICATE REQUEST-----", b"-----END CERTIFICATE REQUEST-----"


def pem(der: bytes) -> bytes:
    return BEGIN + b"\n" + base64.encodebytes(der) + END + b"\n"


def der() -> bytes:
    return x509.load_pem_x509_csr(GOOD).public_bytes(Encoding.DER)


BROKEN = {
    "nothing": b"",
    "DER without PEM": der(),
    "two requests": GOOD + GOOD,
    "text before it": b"Subject: somebody\n" + GOOD,
    "a line after it": GOOD + b"more\n",
    "another label": GOOD.replace(b"CERTIFICATE REQUEST", b"NEW CERTIFICATE REQUEST"),
    "a certificate's label": GOOD.replace(b"CERTIFICATE REQUEST", b"CERTIFICATE"),
    "labels that differ": GOOD.replace(b"BEGIN CERTIFICATE REQUEST", b"BEGIN NEW CERTIFICATE REQUEST"),
    "a header": GOOD.replace(BEGIN, BEGIN + b"\nProc-Type: 4,ENCRYPTED\n"),
    "no base64": BEGIN + b"\nA=A=\n" + END + b"\n",
    "no end": GOOD[: GOOD.index(b"-----END")],
    "a byte after the DER": pem(der() + b"\0"),
    "DER cut off": pem(der()[:-1]),
    "too long": BEGIN + b"\n" + b"A" * 70_000 + b"\n" + END + b"\n",
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_not_exactly_one_block_of_der_is_no_request(what: str) -> None:
    with pytest.raises(NoRequest):
        read_request(BROKEN[what])


@pytest.mark.parametrize("written", [GOOD, GOOD.rstrip(b"\n"), GOOD.replace(b"\n", b"\r\n")])
def test_a_request_is_read_with_its_subject_s_bytes(written: bytes) -> None:
    request = read_request(written)
    assert (request.subject, request.key) == (NAME.public_bytes(), EC_KEY.public_key())
    assert request.is_signed


def test_a_request_that_its_key_did_not_sign_is_not_signed() -> None:
    damaged = bytearray(der())
    damaged[-1] ^= 1
    request = read_request(pem(bytes(damaged)))
    assert not request.is_signed
    with pytest.raises(NotSigned):
        request.verify(SignatureScheme.PKCS1)


def compressed() -> bytes:
    """A request whose EC point is compressed: the same key in another encoding."""
    short = EC_KEY.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    whole = EC_KEY.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    info = bytearray(x509.load_pem_x509_csr(GOOD).tbs_certrequest_bytes)
    body = bytes(info).replace(b"\x03\x42\0" + whole, b"\x03\x22\0" + short)
    body = body.replace(b"\x30\x59\x30\x13", b"\x30\x39\x30\x13")
    body = bytes((body[0], body[1] - 32)) + body[2:]
    signature = EC_KEY.sign(body, ec.ECDSA(SHA256()))
    rest = bytes.fromhex("300a06082a8648ce3d040302") + bytes((3, len(signature) + 1, 0)) + signature
    return pem(bytes((0x30, 0x81, len(body + rest))) + body + rest)


UNFIT: dict[str, Callable[[], bytes]] = {
    "RSA with e = 3": lambda: sign_request(rsa.generate_private_key(3, 2048), NAME, PADDINGS[SignatureScheme.PKCS1]),
    "RSA of 1024 bits": lambda: sign_request(
        rsa.generate_private_key(65537, 1024),  # noqa: S505 — to be refused
        NAME,
        PADDINGS[SignatureScheme.PKCS1],
    ),
    "RSA of 2056 bits": lambda: sign_request(
        rsa.generate_private_key(65537, 2056), NAME, PADDINGS[SignatureScheme.PKCS1]
    ),
    "P-521": lambda: sign_request(
        ec.generate_private_key(ec.SECP521R1()), NAME.public_bytes(), PADDINGS[SignatureScheme.PKCS1]
    ),
    "a compressed point": compressed,
}


@pytest.mark.parametrize("what", UNFIT)
def test_a_key_that_is_not_certified_here_is_named(what: str) -> None:
    with pytest.raises(UnfitKey):
        read_request(UNFIT[what]())


def handed_in(person: Person, draft: Application, csr: bytes) -> Application:
    body = {"csr": b64(csr), "evidence": b64(person.evidence(draft.statement, csr))}
    return person.ask("PUT", f"/applications/{draft.business_no}/request", body)


def test_the_desk_refuses_them_before_an_order_is_made(town: Town) -> None:
    person = town.person()
    draft, csr = person.save(), person.csr()
    refusal(Reason.REQUEST_REFUSED, lambda: handed_in(person, draft, csr + csr))
    refusal(Reason.KEY_UNSUPPORTED, lambda: handed_in(person, draft, UNFIT["RSA with e = 3"]()))
    other = sign_request(person.new_key, NAME.public_bytes(), PADDINGS[SignatureScheme.PKCS1])
    refused = refusal(Reason.REQUEST_REFUSED, lambda: handed_in(person, draft, other))
    assert refused.problem["detail"] == "CSR has another subject"
    assert person.see(draft.business_no).order is None
    assert handed_in(person, draft, csr).order is not None


def test_the_same_name_in_another_encoding_is_another_subject(town: Town) -> None:
    person = town.person()
    draft, subject = person.save(), x509.load_der_x509_certificate(person.certificate).subject.public_bytes()
    other = subject.replace(b"\x13\x02CN", b"\x0c\x02CN")
    assert other != subject
    csr = sign_request(person.new_key, other, PADDINGS[SignatureScheme.PKCS1])
    refusal(Reason.REQUEST_REFUSED, lambda: handed_in(person, draft, csr))


def test_an_rsa_key_is_taken(town: Town) -> None:
    person = town.person()
    person.new_key = rsa.generate_private_key(65537, 2048)
    assert person.entered().order is not None
