"""Signs as a token does: CSR, evidence and proof, by scheme; keys in files."""

import PyKCS11
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from tui.core.policy import SignatureScheme
from tui.token.host import signed
from tui.token.host.keys import TokenKey, token_key

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
Padding = padding.PSS | padding.PKCS1v15
PSS = padding.PSS(padding.MGF1(SHA256()), 32)
PADDINGS: dict[SignatureScheme, Padding] = {SignatureScheme.PKCS1: padding.PKCS1v15(), SignatureScheme.PSS: PSS}


def pem(key: Key | ed25519.Ed25519PrivateKey, passphrase: bytes = b"") -> bytes:
    """The key as a file holds it, in PKCS #8."""
    how = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)


def sign(key: Key, message: bytes, scheme: SignatureScheme) -> bytes:
    """The proof."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, PADDINGS[scheme], SHA256())
    return key.sign(message, ec.ECDSA(SHA256()))


def in_token(key: ec.EllipticCurvePrivateKey) -> TokenKey:
    """The key as the kiosk uses one in a token."""

    def sign_raw(mechanism: PyKCS11.Mechanism, digest: bytes) -> bytes:
        del mechanism
        r, s = utils.decode_dss_signature(key.sign(digest, ec.ECDSA(utils.Prehashed(SHA256()))))
        size = (key.key_size + 7) // 8
        return r.to_bytes(size) + s.to_bytes(size)

    return token_key(key.public_key(), sign_raw)


def sign_request(key: Key, subject: x509.Name | bytes, chosen: Padding) -> bytes:
    """A CSR, PEM, under a name, or under its bytes as they are; the padding is for RSA keys."""
    if isinstance(subject, bytes):
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return signed.request(subject, in_token(key), SignatureScheme.PKCS1)
    builder = x509.CertificateSigningRequestBuilder(subject)
    return builder.sign(key, SHA256(), rsa_padding=_of(key, chosen)).public_bytes(Encoding.PEM)


def sign_evidence(key: Key, certificate: bytes, content: bytes, chosen: Padding) -> bytes:
    """A CMS SignedData over the content, DER; the padding is for RSA keys."""
    if isinstance(key, ec.EllipticCurvePrivateKey):  # as the kiosk does, whatever the names
        return signed.evidence(content, certificate, in_token(key), SignatureScheme.PKCS1)
    signer = x509.load_der_x509_certificate(certificate)
    builder = PKCS7SignatureBuilder().set_data(content).add_signer(signer, key, SHA256(), rsa_padding=_of(key, chosen))
    return builder.sign(Encoding.DER, [PKCS7Options.Binary, PKCS7Options.NoCapabilities])


def _of(key: Key, chosen: Padding) -> Padding | None:
    return chosen if isinstance(key, rsa.RSAPrivateKey) else None
