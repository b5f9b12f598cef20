"""Which certificates may sign for UnionPay: every message brings its own, so the chain is all the proof there is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384, SHA512
from cryptography.x509 import Certificate, InvalidVersion, load_pem_x509_certificate, load_pem_x509_certificates
from cryptography.x509.oid import NameOID

from tui.desk.payments.gateway import AnswerNotGenuine

SIGNER = "中国银联股份有限公司"
"""The third part of the signing certificate's common name, as in ``041@…@中国银联股份有限公司@…``."""
HASHES = (SHA1, SHA256, SHA384, SHA512)


Chain: TypeAlias = tuple[Certificate, ...]
"""From the signing certificate to a root, each issued by the next."""


@dataclass(frozen=True, slots=True)
class _Proved:
    key: RSAPublicKey
    chains: tuple[Chain, ...]


class UnionPayTrust:
    """The shipped middle and root certificates, and the signing certificates already proved against them."""

    def __init__(self, bundle: bytes, clock: Callable[[], datetime]) -> None:
        """Load the PEM bundle of middle and root certificates.

        :raises ValueError: not a PEM bundle, or no root (self-issued certificate) in it.
        """
        authorities = load_pem_x509_certificates(bundle)
        if not any(authority.issuer == authority.subject for authority in authorities):
            raise ValueError("bundle holds no root certificate")
        # One name may stand there twice: an authority that was renewed, with the certificate before.
        self._authorities = tuple(authorities)
        self._clock = clock
        self._proved: dict[bytes, _Proved] = {}

    def key_for(self, pem: str) -> RSAPublicKey:
        """The public key of a signing certificate, if it is UnionPay's and valid now.

        :raises AnswerNotGenuine: another holder, an unknown issuer, a wrong signature, or out of date.
        """
        try:
            leaf = load_pem_x509_certificate(pem.encode())
            fingerprint = leaf.fingerprint(SHA256())
            proved = self._proved.get(fingerprint) or self._prove(leaf)
        except (ValueError, UnsupportedAlgorithm, InvalidVersion) as error:
            raise AnswerNotGenuine("signing certificate cannot be read") from error
        now = self._clock()
        if not any(_valid(chain, now) for chain in proved.chains):
            raise AnswerNotGenuine("signing certificate is out of date")
        self._proved[fingerprint] = proved
        return proved.key

    def _prove(self, leaf: Certificate) -> _Proved:
        names = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        if len(names) != 1 or str(names[0].value).split("@")[2:3] != [SIGNER]:
            raise AnswerNotGenuine("signing certificate belongs to somebody else")
        key = leaf.public_key()
        if not isinstance(key, RSAPublicKey):
            raise AnswerNotGenuine("signing certificate has no RSA key")
        if not any(authority.subject == leaf.issuer for authority in self._authorities):
            raise AnswerNotGenuine("signing certificate has an unknown issuer")
        chains = tuple(self._chains((leaf,)))
        if not chains:
            raise AnswerNotGenuine("signing certificate is not from its issuer")
        return _Proved(key, chains)

    def _chains(self, below: Chain) -> Iterator[Chain]:
        """Every way up to a root of the bundle."""
        for issuer in self._authorities:
            if issuer in below or issuer.subject != below[-1].issuer or not _issued(below[-1], issuer):
                continue
            if issuer.issuer == issuer.subject:
                yield (*below, issuer)
            else:
                yield from self._chains((*below, issuer))


def _valid(chain: Chain, now: datetime) -> bool:
    return all(link.not_valid_before_utc <= now <= link.not_valid_after_utc for link in chain)


def _issued(subject: Certificate, issuer: Certificate) -> bool:
    key, used = issuer.public_key(), subject.signature_hash_algorithm
    if not isinstance(key, RSAPublicKey) or not isinstance(used, HASHES):
        return False
    try:
        # By hand: the platform's test chain is signed with SHA-1, which Certificate.verify_directly_issued_by refuses.
        key.verify(subject.signature, subject.tbs_certificate_bytes, PKCS1v15(), used)
    except InvalidSignature:
        return False
    return True
