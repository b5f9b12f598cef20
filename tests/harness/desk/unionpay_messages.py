"""Messages as UnionPay would sign them, by keys made for tests."""

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate

from tui.desk.crypto.rsa_keys import sign
from tui.desk.platforms.unionpay.codec import digest_text
from tui.desk.platforms.unionpay.trust import SIGNER

FIELDS = {"orderId": "K2026", "origRespCode": "00", "respMsg": "成功[0000000]", "accNo": "a+b/c==", "txnAmt": "8880"}
MIDDLE = "Kiosk Sandbox OCA1"
NAME = f"041@8310000000083040@{SIGNER}@00016495"
NEW_KEY = rsa.generate_private_key(65537, 2048)


def pem(certificate: Certificate) -> str:
    """The certificate as text."""
    return certificate.public_bytes(Encoding.PEM).decode()


def signed(key: rsa.RSAPrivateKey, certificate: str) -> dict[str, str]:
    """The fields of an answer, with a certificate in CRLF lines as the real gateway sends it."""
    fields = FIELDS | {"signPubKeyCert": certificate.strip().replace("\n", "\r\n")}
    return fields | {"signature": sign(key, digest_text(fields))}


def wire(fields: dict[str, str]) -> bytes:
    """A synchronous answer with these fields."""
    return "&".join(f"{name}={value}" for name, value in fields.items()).encode()
