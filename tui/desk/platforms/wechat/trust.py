"""Whom a WeChat Pay message is believed: WeChat Pay's public key, or platform certificates known by their serials."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate, load_pem_x509_certificates

from tui.desk.crypto.rsa_keys import key_of, load_public
from tui.desk.payments.gateway import AnswerNotGenuine

PUBLIC_KEY_ID = "PUB_KEY_ID_"
"""What the id of WeChat Pay's public key begins with; it stands where the serial of a certificate would."""


@dataclass(frozen=True, slots=True)
class _Certified:
    key: RSAPublicKey
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True)
class WechatTrust:
    """The public key, platform certificates, or both while a merchant changes from these to that."""

    certificates: Mapping[str, _Certified] = field(default_factory=dict)
    """By serial number: hexadecimal, upper case."""
    public_key: RSAPublicKey | None = None
    public_key_id: str = ""
    """Empty: whatever id a message names."""

    @classmethod
    def of(cls, data: bytes, public_key_id: str = "") -> "WechatTrust":
        """From a public key (PEM or bare base64), or from one or more certificates (PEM).

        :raises ValueError: neither, or not RSA.
        """
        if b"BEGIN CERTIFICATE" in data:
            return cls(certificates=_certified(data))
        return cls(public_key=load_public(data), public_key_id=public_key_id)

    def joined(self, other: "WechatTrust") -> "WechatTrust":
        """Both together; the public key is the one that has one."""
        certificates = {**self.certificates, **other.certificates}
        holder = self if self.public_key else other
        return WechatTrust(certificates, holder.public_key, holder.public_key_id)

    def key_for(self, serial: str, signed_at: datetime) -> RSAPublicKey:
        """The key that ``Wechatpay-Serial`` names, if it could sign at that time.

        :raises AnswerNotGenuine: it is not one of ours: a new one comes from the merchant's console, never from a
            message; or its certificate was not valid.
        """
        if serial.startswith(PUBLIC_KEY_ID):
            if self.public_key is not None and self.public_key_id in ("", serial):
                return self.public_key
        elif found := self.certificates.get(serial.upper()):
            if not found.not_before <= signed_at <= found.not_after:
                raise AnswerNotGenuine("platform certificate was not valid then")
            return found.key
        raise AnswerNotGenuine(f"unknown Wechatpay-Serial {serial[:64]!a}")


def serial_of(certificate: Certificate) -> str:
    """The serial number as WeChat Pay writes it."""
    return f"{certificate.serial_number:X}"


def _certified(bundle: bytes) -> dict[str, _Certified]:
    found = {}
    for certificate in load_pem_x509_certificates(bundle):
        found[serial_of(certificate)] = _Certified(
            key_of(certificate), certificate.not_valid_before_utc, certificate.not_valid_after_utc
        )
    return found
