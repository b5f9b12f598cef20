"""Whom an Alipay message is believed: a public key, or a certificate known by its serial number (公钥证书模式)."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate, load_der_x509_certificate, load_pem_x509_certificate

from tui.desk.crypto.rsa_keys import from_base64, key_of, load_public
from tui.desk.payments.gateway import AnswerNotGenuine

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_RSA = "1.2.840.113549.1.1"
"""The arc of PKCS#1's signature algorithms; the entries for SM2 and ECC stand outside it."""


@dataclass(frozen=True, slots=True)
class AlipayTrust:
    """Alipay's public key, with the number of the certificate it came in, if it came in one."""

    key: RSAPublicKey
    cert_sn: str | None = None

    @classmethod
    def of(cls, data: bytes) -> "AlipayTrust":
        """From a public key or a certificate, PEM or bare base64; of several certificates the first is Alipay's own.

        :raises ValueError: neither, or not RSA.
        """
        if _PEM.search(data) or (b"-----BEGIN" not in data and _is_certificate(data)):
            certificate = load_certificate(data)
            return cls(key_of(certificate), certificate_sn(certificate))
        return cls(load_public(data))

    def check(self, cert_sn: str | None, claims: Mapping[str, object]) -> None:
        """Refuse a message that says it was signed with another certificate than this.

        :raises AnswerNotGenuine: a new certificate comes from the merchant's console, never from a message.
        """
        if self.cert_sn is not None and cert_sn != self.cert_sn:
            told = (cert_sn or "")[:64]
            raise AnswerNotGenuine(f"unknown alipay_cert_sn {told!a}, the given one is {self.cert_sn}", claims)


def load_certificate(data: bytes) -> Certificate:
    """The first certificate of a PEM file, or the one in bare base64.

    :raises ValueError: there is none.
    """
    if found := _PEM.search(data):
        return load_pem_x509_certificate(found[0])
    return load_der_x509_certificate(from_base64(data))


def certificate_sn(certificate: Certificate) -> str:
    """app_cert_sn and alipay_cert_sn: MD5 over the issuer (RFC 2253, most specific first) and the decimal serial."""
    text = f"{certificate.issuer.rfc4514_string()}{certificate.serial_number}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def root_sn(data: bytes) -> str:
    """alipay_root_cert_sn: the numbers of the RSA entries of alipayRootCert.crt in the file's order.

    :raises ValueError: no such entry.
    """
    numbers = [certificate_sn(root) for root in _roots(data) if f"{_dotted(root)}.".startswith(f"{_RSA}.")]
    if not numbers:
        raise ValueError("没有 RSA 根证书 / holds no root certificate for RSA")
    return "_".join(numbers)


def _roots(data: bytes) -> Iterator[Certificate]:
    for entry in _PEM.findall(data):
        try:
            yield load_pem_x509_certificate(entry)
        except ValueError:
            continue  # one entry of Alipay's own file breaks X.509's grammar; it is none of RSA's


def _dotted(certificate: Certificate) -> str:
    return certificate.signature_algorithm_oid.dotted_string


def _is_certificate(data: bytes) -> bool:
    try:
        load_der_x509_certificate(from_base64(data))
    except ValueError:
        return False
    return True
