"""Certificates and tokens as the kiosk sees them, and the rule of when a certificate may be renewed."""

from dataclasses import field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tui.core.frozen import frozen

RENEWAL_WINDOW = timedelta(days=90)
"""Renewal opens this long before notAfter unless the desk says otherwise."""

URGENT = timedelta(days=7)

SM2 = "SM2"
"""How `Certificate.key` names a key on curve 1.2.156.10197.1.301 (GM/T 0006)."""


class Usage(StrEnum):
    """What the certificate's key is for (keyUsage, RFC 5280 4.2.1.3; Chinese CAs issue pairs of both kinds)."""

    SIGNING = "signing"
    """签名证书."""
    ENCRYPTION = "encryption"
    """加密证书: its key was made by the CA and is never touched by a renewal."""
    ANY = "any"
    """Both, or keyUsage is absent or cannot be read: nothing is forbidden."""
    OTHER = "other"
    """Neither, or no holder's: a CA's own certificate, a service's, a self-issued placeholder (`core.usage`)."""


class CertificateState(StrEnum):
    """What can be done with a certificate now."""

    VALID = "valid"
    """In validity, the renewal window is not open yet."""
    RENEWABLE = "renewable"
    """In validity and inside the renewal window."""
    RENEWED = "renewed"
    """Its successor is on the same token, with its key: whether in validity or not, there is nothing to renew."""
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    UNREADABLE = "unreadable"
    """These bytes are no certificate; only label, size and token are known."""
    NOT_FOR_SIGNING = "not_for_signing"
    """An encryption certificate, a CA's, a service's or a placeholder, in validity or not: it is not renewed here."""
    NO_KEY = "no_key"
    """There is no private key for this certificate on the token."""
    UNSUPPORTED = "unsupported"
    """This program cannot renew the key's algorithm (SM2, for one) or a certificate that is not well-formed."""


@frozen
class Certificate:
    """One X.509 certificate read from a token (RFC 5280)."""

    der: bytes = field(repr=False)
    fingerprint: str
    """SHA-256 over the DER, lower-case hex: the certificate's identity."""
    subject: str
    """RFC 4514 text, most specific first, unsafe characters removed."""
    common_name: str
    issuer: str
    serial: str
    """Lower-case hex without prefix."""
    not_before: datetime
    """Aware, UTC."""
    not_after: datetime
    """Aware, UTC; the certificate is valid up to and including this second (RFC 5280 4.1.2.5)."""
    key: str
    """`RSA-2048`, `EC-P256`, `SM2`, … or a dotted OID when the algorithm is unknown."""
    key_id: str
    """What ties certificate and keys together on the token (CKA_ID in PKCS#11), lower-case hex."""
    label: str
    has_private_key: bool
    spki: str
    """SHA-256 over SubjectPublicKeyInfo, lower-case hex."""
    readable: bool = True
    dated: bool = True
    """Both dates could be read; else they are of no meaning, and whether it has ended is not known."""
    well_formed: bool = True
    """The strict parser accepts it; another one is shown as far as it can be read, and never renewed."""
    usage: Usage = Usage.ANY
    organisation: str = ""
    """O of the subject, empty for a person's certificate."""
    organisation_number: str = ""
    """统一社会信用代码 (GB 32100) where the certificate holds a right one."""
    private: bool = False
    """Seen only after the PIN (a private object, CKA_PRIVATE in PKCS#11)."""
    renewed_until: datetime | None = None
    """notAfter of the certificate on the same token that has taken this one's place (`core.succession`)."""

    @property
    def name(self) -> str:
        """CN of the subject, else the whole subject; of a subject that is empty the serial number."""
        return self.common_name or self.subject or self.serial.upper()

    @property
    def for_signing(self) -> bool:
        """Its key may sign, so it can be renewed."""
        return self.usage in (Usage.SIGNING, Usage.ANY)

    @property
    def is_sm2(self) -> bool:
        """Its key is of the Chinese curve (GM/T 0003)."""
        return self.key == SM2

    def days_left(self, now: datetime) -> int:
        """Whole days until notAfter; negative once expired."""
        return (self.not_after - now).days

    def state(self, now: datetime, window: timedelta = RENEWAL_WINDOW) -> CertificateState:
        """The one rule of {too early, open, expired}, the same at the kiosk and at the desk."""
        if not self.readable:
            return CertificateState.UNREADABLE
        if not self.for_signing:
            return CertificateState.NOT_FOR_SIGNING
        if not self.dated:
            return CertificateState.UNSUPPORTED
        if self.renewed_until is not None:
            return CertificateState.RENEWED
        if now > self.not_after:
            return CertificateState.EXPIRED
        if now < self.not_before:
            return CertificateState.NOT_YET_VALID
        if self.key not in RENEWABLE_KEYS or not self.well_formed:
            return CertificateState.UNSUPPORTED
        if not self.has_private_key:
            return CertificateState.NO_KEY
        return CertificateState.RENEWABLE if now >= self.not_after - window else CertificateState.VALID

    def is_urgent(self, now: datetime) -> bool:
        """Seven days or fewer are left."""
        return now <= self.not_after <= now + URGENT


RENEWABLE_KEYS = frozenset({"RSA-2048", "RSA-3072", "RSA-4096", "EC-P256", "EC-P384"})


class PinState(StrEnum):
    """What the token says about tries left (in PKCS#11 v2.40 by the flags of CK_TOKEN_INFO)."""

    UNKNOWN = "unknown"
    """No flag is set; many drivers never set one."""
    COUNT_LOW = "count_low"
    """CKF_USER_PIN_COUNT_LOW: a wrong PIN was entered at least once."""
    FINAL_TRY = "final_try"
    """CKF_USER_PIN_FINAL_TRY: one wrong PIN more locks the token."""
    LOCKED = "locked"
    """CKF_USER_PIN_LOCKED."""


@frozen
class Token:
    """One inserted token and the certificates on it."""

    module: str
    """Path of the driver that sees it."""
    slot: int
    label: str
    serial: str
    """The token's own serial: a hint for people, not its identity."""
    model: str
    pin_state: PinState
    pin_pad: bool
    """The PIN is typed on the token itself (CKF_PROTECTED_AUTHENTICATION_PATH)."""
    pin_min: int
    pin_max: int
    """Accepted PIN length in bytes."""
    certificates: tuple[Certificate, ...]
    fault: str = ""
    """Why the token could not be read wholly (the driver's name for it), empty when it was."""
    tries_left: int | None = None
    """Wrong PINs still allowed, where the driver tells; None is 'unknown'."""
    bare_keys: tuple[str, ...] = ()
    """SHA-256 over SubjectPublicKeyInfo, hex, of each public key on the token that no certificate there is of."""
    hides: bool = False
    """No signing certificate is visible, and a user PIN is set: there may be one that only a signed-in user sees."""
    pin_to_be_changed: bool = False
    """The token works only after its user has changed the PIN (CKF_USER_PIN_TO_BE_CHANGED)."""
    so_pin_state: PinState = PinState.UNKNOWN
    """What the token says about tries of the SO PIN, with which an operator unlocks it (CKF_SO_PIN_LOCKED and like)."""

    @property
    def has_encryption_certificate(self) -> bool:
        """A pair of certificates lies here, of which only the signing one is renewed."""
        return any(certificate.usage is Usage.ENCRYPTION for certificate in self.certificates)


@frozen
class CertificateRef:
    """Where to find a certificate again: by what it is (fingerprint, public key), with hints for the person."""

    fingerprint: str
    spki: str
    serial: str
    token_label: str
    token_serial: str
    private: bool = False
    """It is visible only after the PIN: until then the token is known by its hints alone."""

    def names(self, token: Token) -> bool:
        """Whether the hints are this token's."""
        return (token.label, token.serial) == (self.token_label, self.token_serial)


def find(tokens: tuple[Token, ...], fingerprint: str) -> tuple[Token, Certificate] | None:
    """The inserted token that holds the certificate with this fingerprint, and the certificate."""
    for token in tokens:
        for certificate in token.certificates:
            if certificate.fingerprint == fingerprint:
                return token, certificate
    return None


def find_token(tokens: tuple[Token, ...], reference: CertificateRef) -> Token | None:
    """The token that the reference means: by its certificate, or by its key where the certificate was replaced.

    See `likeliest` for several that hold it.
    """
    if found := find(likeliest(tokens, reference), reference.fingerprint):
        return found[0]
    if not reference.fingerprint and not reference.spki:
        return next((token for token in tokens if reference.names(token)), None)
    return next((token for token in likeliest(tokens, reference) if holds_key(token, reference.spki)), None)


def likeliest(tokens: tuple[Token, ...], reference: CertificateRef) -> tuple[Token, ...]:
    """The named one first: a certificate with its key may lie on two tokens, and each has a PIN of its own."""
    return tuple(sorted(tokens, key=lambda token: not reference.names(token)))


def holds_key(token: Token, spki: str) -> bool:
    """Whether the token has this key, as far as can be told without a PIN."""
    return spki in token.bare_keys or any(c.spki == spki and c.has_private_key for c in token.certificates)


def refer(token: Token, certificate: Certificate) -> CertificateRef:
    """A lasting reference to a certificate that is present now."""
    return CertificateRef(
        certificate.fingerprint,
        certificate.spki,
        certificate.serial,
        token.label,
        token.serial,
        private=certificate.private,
    )


def named_after(reference: CertificateRef, token: Token) -> CertificateRef:
    """The same certificate or key on this token, which was found by it."""
    return replace(reference, token_label=token.label, token_serial=token.serial)


def refer_key(token: Token, spki: str) -> CertificateRef:
    """A reference to a key whose certificate is missing: a replacement that was cut off."""
    return CertificateRef("", spki, "", token.label, token.serial)


def refer_token(token: Token) -> CertificateRef:
    """A reference to a token that shows nothing to recognise it by but label and serial."""
    return CertificateRef("", "", token.serial, token.label, token.serial, private=True)


def refer_whole(token: Token) -> CertificateRef:
    """A reference to a token for an act that concerns no certificate; a visible one still helps to recognise it."""
    return refer(token, token.certificates[0]) if token.certificates else refer_token(token)


def revealed(token: Token, seen: tuple[Token, ...]) -> Token:
    """The token with what a look after the PIN found on it: `seen` are tokens as they then were."""
    for known in seen:
        if (known.module, known.label, known.serial) == (token.module, token.label, token.serial):
            visible = {certificate.fingerprint for certificate in token.certificates}
            more = tuple(c for c in known.certificates if c.private and c.fingerprint not in visible)
            bare = tuple(spki for spki in token.bare_keys if all(c.spki != spki for c in more))
            return replace(token, certificates=(*token.certificates, *more), bare_keys=bare, hides=False)
    return token
