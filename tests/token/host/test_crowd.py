"""A token that is full of certificates of every kind: each is listed once, and the good one is the one to renew."""

from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.core.x509.test_extensions import extension
from tests.harness.odd_certificates import CN, ISSUER, NOW, SM2, O, attribute, der, key_usage, name, odd, oid
from tests.harness.people import token
from tests.token.x509.test_field_certificates import spki
from tui.core.certificate import Certificate, CertificateState
from tui.core.text_safety import printable
from tui.core.token import Snapshot
from tui.journey.renewable import renewable
from tui.journey.state import State
from tui.token.host.contents import CertificateBytes, Contents, KeyBytes, PublicParts
from tui.token.host.listing import read

KEY = ec.generate_private_key(ec.SECP256R1()).public_key()
ECDSA = "1.2.840.10045.4.3.2"
OWN = spki(KEY)
CA_BIT = extension("2.5.29.19", der(0x30, der(0x01, b"\xff")))


def until(end: bytes, begin: bytes = b"260101000000Z") -> bytes:
    return der(0x30, der(0x17, begin), der(0x17, end))


def rsa_key(bits: int) -> bytes:
    return spki(rsa.generate_private_key(65537, bits).public_key())


def called(text: str) -> bytes:
    return name(attribute(CN, 0x0C, text.encode()))


CROWD = {
    "01": odd(signature=ECDSA, holder=called("好的"), spki=OWN),
    "02": odd(signature=ECDSA, holder=called("同钥"), spki=OWN, validity=until(b"271213050000Z")),
    "03": odd(signature=ECDSA, holder=called("机构"), extensions=CA_BIT),
    "04": odd(holder=called("国密"), spki=der(0x30, der(0x30, oid(SM2)), der(0x03, b"\0\4" + bytes(64)))),
    "05": odd(signature=ECDSA, holder=called("过期"), validity=until(b"261101000000Z")),
    "06": odd(signature=ECDSA, holder=called("未生效"), validity=until(b"271213050000Z", b"270101000000Z")),
    "07": odd(signature=ECDSA, holder=called("短"), spki=rsa_key(1024)),
    "08": odd(signature=ECDSA, holder=called("长"), spki=rsa_key(4096), validity=until(b"280101000000Z")),
    "09": odd(signature=ECDSA, holder=called("负"), serial=b"\x80\1", validity=until(b"280101000000Z")),
    "0a": odd(signature=ECDSA, holder=called("二十一"), serial=b"\x7f" * 21, validity=until(b"280101000000Z")),
    "0b": odd(signature=ECDSA, holder=called("无号"), serial=b""),
    "0c": odd(signature=ECDSA, holder=name(), validity=until(b"280101000000Z")),
    "0d": odd(signature=ECDSA, holder=name(attribute(CN, 0x0C, b"b") + attribute(O, 0x0C, b"a")), issuer=called("x")),
    "0e": odd(signature=ECDSA, holder=called("长" * 1400), validity=until(b"280101000000Z")),
    "0f": odd(signature=ECDSA, holder=called("葛\U000e0100\u202e\u200b👍 [red]"), validity=until(b"280101000000Z")),
    "10": odd(signature=ECDSA, holder=called("两次"), extensions=key_usage(b"\xc0") * 2),
    "11": odd(signature=ECDSA, holder=called("二月三十一"), validity=until(b"270231000000Z")),
    "12": odd(signature=ECDSA, holder=ISSUER),
    "13": b"no certificate",
    "14": odd(signature=ECDSA, holder=called("加密"), extensions=key_usage(b"\x20")),
}
"""By CKA_ID, lower-case hex."""
STATES = {
    **dict.fromkeys(("02", "08", "09", "0a", "0c", "0e", "0f"), CertificateState.VALID),
    **dict.fromkeys(("03", "12", "14"), CertificateState.NOT_FOR_SIGNING),
    **dict.fromkeys(("04", "07", "0b", "10", "11"), CertificateState.UNSUPPORTED),
    "01": CertificateState.RENEWABLE,
    "05": CertificateState.EXPIRED,
    "06": CertificateState.NOT_YET_VALID,
    "0d": CertificateState.NO_KEY,
    "13": CertificateState.UNREADABLE,
}


def listed(*identifiers: str) -> tuple[Certificate, ...]:
    """As read from a token that shows every private key but that of 0d."""
    silent = PublicParts()
    return read(
        Contents(
            private=tuple(KeyBytes(bytes.fromhex(key_id), silent) for key_id in sorted(CROWD) if key_id != "0d"),
            public=(),
            certificates=tuple(CertificateBytes(CROWD[i], bytes.fromhex(i), i.encode()) for i in identifiers),
        )
    ).certificates


def test_each_of_twenty_is_listed_in_its_state() -> None:
    assert {c.key_id: c.state(NOW) for c in listed(*CROWD)} == STATES


@pytest.mark.parametrize("seed", range(5))
def test_the_one_to_renew_is_the_same_in_every_order(seed: int) -> None:
    held = token(*listed(*Random(seed).sample(sorted(CROWD), len(CROWD))))
    found = renewable(State(snapshot=Snapshot((held,)), now=NOW))
    assert [certificate.common_name for _, certificate in found] == ["好的"]
    (seen,) = Snapshot((held,)).tokens
    assert [c.key_id for c in seen.certificates][-1] == "13"
    assert len(seen.certificates) == len(CROWD)


def test_what_is_shown_of_them_is_text_of_one_line() -> None:
    for certificate in listed(*CROWD):
        for text in (certificate.name, certificate.subject, certificate.issuer, certificate.label):
            assert text == printable(text)
            assert not set("\u202e\u200b\n\x1b") & set(text)
