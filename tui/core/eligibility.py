"""Why a certificate cannot be renewed now, for one and among several, and why a token shows none or takes no PIN."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tui.core.certificate import RENEWAL_WINDOW, Certificate, CertificateState, PinState, Token, Usage
from tui.core.failure import Failure, Reason

REFUSALS = {
    CertificateState.RENEWED: Reason.ALREADY_RENEWED,
    CertificateState.VALID: Reason.TOO_EARLY,
    CertificateState.UNSUPPORTED: Reason.KEY_UNSUPPORTED,
    CertificateState.EXPIRED: Reason.CERTIFICATE_EXPIRED,
    CertificateState.NOT_YET_VALID: Reason.NOT_YET_VALID,
    CertificateState.NO_KEY: Reason.KEY_MISSING,
    CertificateState.UNREADABLE: Reason.CERTIFICATE_UNREADABLE,
    CertificateState.NOT_FOR_SIGNING: Reason.NO_SIGNING_CERTIFICATE,
}
"""Why kiosk and desk refuse a certificate in each state.

Of several certificates the first here is spoken of: beside one that is still good an expired one does not count.
"""
_RANK = {state: rank for rank, state in enumerate(REFUSALS)}


def why_not(certificate: Certificate, now: datetime, window: timedelta = RENEWAL_WINDOW) -> Reason | None:
    """Why this certificate is not renewed now; None when it can be."""
    match certificate.state(now, window):
        case CertificateState.RENEWABLE:
            return None
        case CertificateState.UNSUPPORTED if certificate.is_sm2:
            return Reason.SM2_UNSUPPORTED
        case CertificateState.UNSUPPORTED if not certificate.well_formed:
            return Reason.CERTIFICATE_MALFORMED
        case state:
            return REFUSALS[state]


def barred(token: Token) -> Failure | None:
    """Why the token would take no PIN for a renewal, known before anything is asked; None when it may take one."""
    if token.pin_state is PinState.LOCKED:
        return Failure(Reason.PIN_LOCKED, detail="CKF_USER_PIN_LOCKED", tries_left=0)
    if token.pin_to_be_changed:
        return Failure(Reason.PIN_EXPIRED, detail="CKF_USER_PIN_TO_BE_CHANGED")
    return None


def why_empty(token: Token) -> Reason | None:
    """Why a token shows no certificate, or none to sign with; None where it does."""
    if token.fault:
        return Reason.TOKEN_FAULT
    if token.hides:
        return Reason.CERTIFICATE_HIDDEN
    return None if token.certificates else Reason.NO_CERTIFICATE


def best_refused(
    certificates: Sequence[Certificate], now: datetime, window: timedelta = RENEWAL_WINDOW
) -> tuple[Certificate, Reason] | None:
    """Of certificates that cannot be renewed the one that the person came for, and why; None without any."""
    refused = [(c, reason) for c in certificates if (reason := why_not(c, now, window)) is not None and _tells(c, now)]
    return min(refused, key=lambda found: _importance(found[0], found[0].state(now, window)), default=None)


def _tells(certificate: Certificate, now: datetime) -> bool:
    """A renewed certificate is not mentioned any more once its successor has ended too."""
    return certificate.renewed_until is None or now <= certificate.renewed_until


def _importance(certificate: Certificate, state: CertificateState) -> tuple[int, bool, float]:
    """Sorting key; of several that were renewed, the one that ends last was renewed last."""
    end = certificate.not_after.timestamp() if state is CertificateState.RENEWED else 0.0
    return _RANK[state], certificate.usage is Usage.OTHER, -end
