"""Which of the inserted certificates a journey may begin with; screens ask it before the moves are imported."""

from datetime import datetime, timedelta

from tui.core.certificate import Certificate, CertificateState, Token
from tui.core.eligibility import barred
from tui.core.failure import Reason
from tui.core.succession import due, successor
from tui.journey.state import State

FRESH = timedelta(days=30)
"""A certificate younger than this may be one whose installation was never finished."""
_GOOD = frozenset({CertificateState.RENEWABLE, CertificateState.VALID, CertificateState.RENEWED})


def renewable(state: State) -> tuple[tuple[Token, Certificate], ...]:
    """Every signing certificate that may be renewed now, once each although several modules may see its token.

    The one that ends first comes first.
    """
    held = [(token, certificate) for token in state.tokens for certificate in token.certificates]
    found = {c.fingerprint: (t, c) for t, c in reversed(held) if state.is_renewable(c)}
    return tuple(sorted(found.values(), key=lambda pair: due(pair[1])))


def young_successor(state: State) -> tuple[Token, Certificate] | None:
    """The certificate whose successor was issued last, so lately that its installation may not be finished."""
    held = [(t, c, new) for t in state.tokens for c in t.certificates if (new := successor(c, t.certificates))]
    token, old, new = max(held, key=lambda found: found[2].not_before, default=(None, None, None))
    if token is None or old is None or new is None or state.now is None or state.now >= new.not_before + FRESH:
        return None
    return token, old


def in_trouble(state: State) -> bool:
    """Whether nothing that is inserted is good, now or for later, or no token can be seen, or was found when asked for.

    What then stops it is `core.ladder`'s to say.
    """
    if state.snapshot is None or state.now is None:
        return False
    if not state.tokens:
        sought = state.failure is not None and state.failure.reason is Reason.NO_TOKEN
        return sought or bool(state.snapshot.faults) or state.snapshot.readers.blind
    usable = [c for token in state.tokens if barred(token) is None for c in token.certificates]
    return not any(_is_good(certificate, state.now, state.window) for certificate in usable)


def _is_good(certificate: Certificate, now: datetime, window: timedelta) -> bool:
    over = certificate.renewed_until is not None and certificate.renewed_until < now
    return certificate.state(now, window) in _GOOD and not over
