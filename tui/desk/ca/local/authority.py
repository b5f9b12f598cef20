"""The embedded certificate authority: its key in a file, every issued certificate kept in a directory."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import SignatureAlgorithmOID

from tui.desk.ca.port import IssuingFailed
from tui.desk.ca.profile import Issuer, SubjectKey, Validity, assemble, flaw, renewed_tbs, validity
from tui.desk.crypto.certificates import is_issued_by, open_certificate, remembered
from tui.desk.crypto.csr import CertificationRequest, NoRequest, read_request
from tui.process.clock import utc_now

SLOW_CLOCKS = timedelta(minutes=5)
"""A certificate begins so long before it is issued, so that it is valid at once where a clock is slow."""


class LocalCa:
    """Issues with an RSA or EC key that lies beside the desk."""

    def __init__(
        self,
        certificate_path: Path,
        key_path: Path,
        directory: Path,
        clock: Callable[[], datetime] = utc_now,
        retired: Sequence[Path] = (),
    ) -> None:
        """Load the authority; `certificate_path` holds PEM, the issuing certificate first, then those above it.

        `retired` are PEM files of CA certificates whose certificates are renewed too, though their keys sign no more.

        :raises ValueError: not PEM, an unsupported key, or key and certificate are no pair; the text names the file.
        :raises OSError: a file cannot be read or the directory cannot be made.
        """
        certificates = _load_certificates(certificate_path)
        self._certificate = certificates[0]
        self._chain = tuple(certificate.public_bytes(Encoding.DER) for certificate in certificates)
        self._not_after = min(certificate.not_valid_after_utc for certificate in certificates)
        self._authorities = (self._certificate, *(one for path in retired for one in _load_certificates(path)))
        self._key = _load_key(key_path)
        if self._key.public_key() != self._certificate.public_key():
            told = "不是一对证书和私钥 / are no pair of certificate and key"
            raise ValueError(f"{certificate_path}, {key_path} {told}")
        rsa = isinstance(self._key, RSAPrivateKey)
        algorithm = SignatureAlgorithmOID.RSA_WITH_SHA256 if rsa else SignatureAlgorithmOID.ECDSA_WITH_SHA256
        self._issuer = Issuer(self._certificate, algorithm, null_parameters=rsa)
        self._directory = directory
        self._clock = clock
        directory.mkdir(parents=True, exist_ok=True)
        self._recognises, self._flaw = remembered(self._has_issued), remembered(self._flaw_of)

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The authority's own certificates (DER), the issuing one first."""
        return self._chain

    @property
    def not_after(self) -> datetime:
        """The last second that every certificate of the chain is valid."""
        return self._not_after

    def recognises(self, certificate: bytes) -> bool:
        """Whether issuer name and signature are those of this authority, or of a retired one."""
        return self._recognises(certificate)

    def flaw(self, certificate: bytes) -> str:
        """What standard tools would say of it, and of its renewal with its own key, whenever it is issued."""
        return self._flaw(certificate)

    def _has_issued(self, certificate: bytes) -> bool:
        return any(is_issued_by(certificate, authority) for authority in self._authorities)

    def _flaw_of(self, certificate: bytes) -> str:
        try:
            old = open_certificate(certificate)
            key = SubjectKey(old.key, old.parts.spki)
        except (ValueError, UnsupportedAlgorithm) as error:
            return type(error).__name__
        return flaw(self._issuer, old.parts, key, self._validity(self._not_after))

    def issue(self, request_id: str, csr: bytes, old_certificate: bytes, not_after: datetime) -> bytes:
        """Issue once per `request_id`; the certificate is on disk before anybody sees it.

        :raises IssuingFailed: the request is not acceptable (final), or the directory cannot be written (not final).
        """
        request = self._check(csr, old_certificate, not_after)
        path = self._directory / f"{quote(request_id, safe='')}.der"
        try:
            if path.exists():
                issued = path.read_bytes()
            else:
                issued = self._keep(path, self._sign(request, old_certificate, not_after))
        except OSError as error:
            raise IssuingFailed(f"the CA's directory cannot be used (errno {error.errno})", final=False) from error
        if open_certificate(issued).key != request.key:
            raise IssuingFailed("the request's number was used for another key", final=True)
        return issued

    def _check(self, csr: bytes, old_certificate: bytes, not_after: datetime) -> CertificationRequest:
        try:
            request = read_request(csr)
        except NoRequest as error:
            raise IssuingFailed(f"the CSR cannot be used: {error}", final=True) from error
        if not request.is_signed:
            raise IssuingFailed("the CSR's signature does not verify", final=True)
        if not self.recognises(old_certificate):
            raise IssuingFailed("the old certificate is not of this CA", final=True)
        if not self._clock() < not_after <= self._not_after:
            raise IssuingFailed("the new end date lies in the past or after the CA's own", final=True)
        return request

    def _validity(self, not_after: datetime) -> Validity:
        """From some minutes ago, for clocks that are slow, but not from before the CA's own beginning."""
        return validity(max(self._clock() - SLOW_CLOCKS, self._certificate.not_valid_before_utc), not_after)

    def _sign(self, request: CertificationRequest, old_certificate: bytes, not_after: datetime) -> bytes:
        old = open_certificate(old_certificate)
        key = SubjectKey(request.key, request.spki)
        period, serial = self._validity(not_after), x509.random_serial_number()
        try:
            tbs = renewed_tbs(self._issuer, old.parts, key, period, serial, keeps_key=request.key == old.key)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise IssuingFailed("the old certificate's structure cannot be kept", final=True) from error
        match self._key:
            case RSAPrivateKey():
                signature = self._key.sign(tbs, PKCS1v15(), SHA256())
            case EllipticCurvePrivateKey():
                signature = self._key.sign(tbs, ECDSA(SHA256()))
        return assemble(self._issuer, tbs, signature)

    def _keep(self, path: Path, certificate: bytes) -> bytes:
        """Write durably under the final name in one act; whoever came first wins, and everybody gets the winner's."""
        descriptor, draft = tempfile.mkstemp(dir=self._directory, prefix=".draft-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(certificate)
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        finally:
            os.unlink(draft)
        directory = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
        return path.read_bytes()


def _load_certificates(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path} 不是PEM格式的证书 / holds no certificate in PEM") from error


def _load_key(path: Path) -> RSAPrivateKey | EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:  # TypeError: it has a passphrase
        told = "不是PEM格式、没有口令的私钥 / holds no private key in PEM without a passphrase"
        raise ValueError(f"{path} {told}") from error
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise ValueError(f"{path} 既不是RSA私钥也不是EC私钥 / is a key of neither RSA nor EC")
    return key
