"""The embedded certificate authority: its key in a file, every issued certificate kept in a directory."""

import contextlib
import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import SignatureAlgorithmOID

from tui.desk.ca.port import IssuingFailed
from tui.desk.ca.profile import Issuer, assemble, renewed_tbs, validity


class LocalCa:
    """Issues with an RSA or EC key that lies beside the desk."""

    def __init__(
        self,
        certificate_path: Path,
        key_path: Path,
        directory: Path,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Load the authority; `certificate_path` holds PEM, the issuing certificate first, then those above it.

        :raises ValueError: not PEM, an unsupported key, or key and certificate are no pair.
        :raises OSError: a file cannot be read or the directory cannot be made.
        """
        certificates = x509.load_pem_x509_certificates(certificate_path.read_bytes())
        self._certificate = certificates[0]
        self._chain = tuple(certificate.public_bytes(Encoding.DER) for certificate in certificates)
        self._key = _load_key(key_path)
        if self._key.public_key() != self._certificate.public_key():
            raise ValueError("the CA's key and certificate are no pair")
        rsa = isinstance(self._key, RSAPrivateKey)
        algorithm = SignatureAlgorithmOID.RSA_WITH_SHA256 if rsa else SignatureAlgorithmOID.ECDSA_WITH_SHA256
        self._issuer = Issuer(self._certificate, algorithm, null_parameters=rsa)
        self._directory = directory
        self._clock = clock
        directory.mkdir(parents=True, exist_ok=True)

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The authority's own certificates (DER), the issuing one first."""
        return self._chain

    def recognises(self, certificate: bytes) -> bool:
        """Whether issuer name and signature are this authority's."""
        try:
            x509.load_der_x509_certificate(certificate).verify_directly_issued_by(self._certificate)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.InvalidVersion):
            return False
        return True

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
        if x509.load_der_x509_certificate(issued).public_key() != request.public_key():
            raise IssuingFailed("the request's number was used for another key", final=True)
        return issued

    def _check(self, csr: bytes, old_certificate: bytes, not_after: datetime) -> x509.CertificateSigningRequest:
        try:
            request = x509.load_pem_x509_csr(csr)
            proved = request.is_signature_valid
        except (ValueError, UnsupportedAlgorithm) as error:
            raise IssuingFailed("the CSR cannot be read", final=True) from error
        if not proved:
            raise IssuingFailed("the CSR's signature does not verify", final=True)
        if not self.recognises(old_certificate):
            raise IssuingFailed("the old certificate is not of this CA", final=True)
        if not self._clock() < not_after <= self._certificate.not_valid_after_utc:
            raise IssuingFailed("the new end date lies in the past or after the CA's own", final=True)
        return request

    def _sign(self, request: x509.CertificateSigningRequest, old_certificate: bytes, not_after: datetime) -> bytes:
        old = x509.load_der_x509_certificate(old_certificate)
        period = validity(self._clock(), not_after)
        try:
            tbs = renewed_tbs(self._issuer, old, request, period, x509.random_serial_number())
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


def _load_key(path: Path) -> RSAPrivateKey | EllipticCurvePrivateKey:
    key = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise ValueError("the CA's key is neither RSA nor EC")
    return key
