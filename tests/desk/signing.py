"""Signs as a token does: CSR, evidence and proof, by scheme."""

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from tui.core.order import SignatureScheme

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
Padding = padding.PSS | padding.PKCS1v15
PSS = padding.PSS(padding.MGF1(SHA256()), 32)
PADDINGS: dict[SignatureScheme, Padding] = {SignatureScheme.PKCS1: padding.PKCS1v15(), SignatureScheme.PSS: PSS}


def sign(key: Key, message: bytes, scheme: SignatureScheme) -> bytes:
    """The proof."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, PADDINGS[scheme], SHA256())
    return key.sign(message, ec.ECDSA(SHA256()))


def sign_request(key: Key, subject: x509.Name, chosen: Padding) -> bytes:
    """A CSR, PEM; the padding is for RSA keys."""
    builder = x509.CertificateSigningRequestBuilder(subject)
    return builder.sign(key, SHA256(), rsa_padding=_of(key, chosen)).public_bytes(Encoding.PEM)


def sign_evidence(key: Key, certificate: bytes, content: bytes, chosen: Padding) -> bytes:
    """A CMS SignedData over the content, DER; the padding is for RSA keys."""
    signer = x509.load_der_x509_certificate(certificate)
    builder = PKCS7SignatureBuilder().set_data(content).add_signer(signer, key, SHA256(), rsa_padding=_of(key, chosen))
    return builder.sign(Encoding.DER, [PKCS7Options.Binary, PKCS7Options.NoCapabilities])


def _of(key: Key, chosen: Padding) -> Padding | None:
    return chosen if isinstance(key, rsa.RSAPrivateKey) else None
