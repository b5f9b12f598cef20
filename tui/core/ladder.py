"""From the reader to a certificate that can be used, rung by rung: how far what is inserted gets, and what stops it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from tui.core.certificate import RENEWAL_WINDOW, Certificate, CertificateState, Token
from tui.core.eligibility import barred, best_refused
from tui.core.failure import Failure, Reason
from tui.core.frozen import frozen
from tui.core.token import Readers, Snapshot


class Rung(StrEnum):
    """From the bottom up: each stands on the one before."""

    READER = "reader"
    DRIVER = "driver"
    TOKEN = "token"
    CERTIFICATE = "certificate"
    """One to sign with can be read."""
    USABLE = "usable"
    """It is in its validity, its key is there, and both can be renewed here."""


class Standing(StrEnum):
    """What is known of a rung."""

    DONE = "done"
    FAILING = "failing"
    NOT_REACHED = "not_reached"
    """A rung below fails."""
    UNKNOWN = "unknown"
    """Nobody tells."""


@frozen
class RungSeen:
    """One rung as it stands."""

    rung: Rung
    standing: Standing
    failure: Failure | None = None
    """Why it fails; of one that is done, why it is not to be renewed now."""


_WITHOUT_READER: Final = {
    Readers.NONE: Reason.NO_READER,
    Readers.UNRECOGNISED: Reason.READER_UNRECOGNISED,
    Readers.NO_SERVICE: Reason.READER_SERVICE_DOWN,
    Readers.NOT_ALLOWED: Reason.READER_NOT_ALLOWED,
}
_TOLD: Final = frozenset({Readers.PRESENT, Readers.CARD_UNKNOWN, Readers.NOT_NEEDED})
_NO_CERTIFICATE: Final = frozenset(
    {Reason.NO_CERTIFICATE, Reason.CERTIFICATE_HIDDEN, Reason.NO_SIGNING_CERTIFICATE, Reason.CERTIFICATE_UNREADABLE}
)
NOT_NOW: Final = frozenset({Reason.TOO_EARLY, Reason.ALREADY_RENEWED})
"""The certificate is good, and there is nothing to be done."""


def climb(snapshot: Snapshot, now: datetime, window: timedelta = RENEWAL_WINDOW) -> tuple[RungSeen, ...]:
    """All five rungs; one that is reached proves those below it."""
    _, why_not = judged(snapshot.tokens, now, window)
    none_there = why_not is not None and why_not.reason in _NO_CERTIFICATE
    failures = {
        Rung.READER: _reader_failure(snapshot),
        Rung.DRIVER: _driver_failure(snapshot),
        Rung.TOKEN: _token_failure(snapshot.tokens, now, window),
        Rung.CERTIFICATE: why_not if none_there else None,
        Rung.USABLE: None if none_there else why_not,
    }
    seen, stopped = list[RungSeen](), False
    for rung, failure in failures.items():
        if stopped:
            seen.append(RungSeen(rung, Standing.NOT_REACHED))
            continue
        stopped = failure is not None and failure.reason not in NOT_NOW
        known = rung is not Rung.READER or snapshot.tokens or snapshot.readers in _TOLD
        standing = Standing.FAILING if stopped else Standing.DONE if known else Standing.UNKNOWN
        seen.append(RungSeen(rung, standing, failure))
    return tuple(seen)


def first_failing(rungs: Sequence[RungSeen]) -> RungSeen | None:
    """The lowest rung that fails: it is mended first."""
    return next((seen for seen in rungs if seen.standing is Standing.FAILING), None)


def judged(
    tokens: Sequence[Token], now: datetime, window: timedelta = RENEWAL_WINDOW
) -> tuple[Certificate | None, Failure | None]:
    """The certificate that the person came for, as far as there is one, and why it is not to be renewed now."""
    held = [certificate for token in tokens for certificate in token.certificates]
    renewable = next((certificate for certificate in held if _renewable(certificate, now, window)), None)
    if renewable is not None:
        return renewable, None
    if not any(certificate.for_signing for certificate in held) and any(token.hides for token in tokens):
        return None, Failure(Reason.CERTIFICATE_HIDDEN)
    refused = best_refused(held, now, window)
    return (refused[0], Failure(refused[1])) if refused else (None, Failure(Reason.NO_CERTIFICATE))


def unseen(snapshot: Snapshot) -> Failure:
    """Why no token is seen, where the drivers' own faults do not say it."""
    known_to_none = snapshot.readers is Readers.CARD_UNKNOWN and not snapshot.faults
    return Failure(Reason.CARD_UNKNOWN) if known_to_none else _reader_failure(snapshot) or Failure(Reason.NO_TOKEN)


def obscured(snapshot: Snapshot) -> Failure | None:
    """Why a token that is inserted is not seen as what it is; None where nothing speaks against its being out."""
    fault = next((token.fault for token in snapshot.tokens if token.fault), "")
    if fault:
        return Failure(Reason.TOKEN_FAULT, detail=fault)
    blind = not snapshot.tokens and (snapshot.faults or snapshot.readers.blind)
    return _reader_failure(snapshot) or _driver_failure(snapshot) if blind else None


def _reader_failure(snapshot: Snapshot) -> Failure | None:
    """A driver that fails is told before a token that is not inserted: it fails with the token, too."""
    if snapshot.tokens or (snapshot.faults and snapshot.readers is Readers.NONE):
        return None
    reason = _WITHOUT_READER.get(snapshot.readers)
    return Failure(reason) if reason else None


def _driver_failure(snapshot: Snapshot) -> Failure | None:
    """Told even beside working drivers: the one that fails may be the one that knows the card."""
    if snapshot.tokens:
        return None
    if snapshot.faults:
        return snapshot.faults[0].failure
    return Failure(Reason.CARD_UNKNOWN) if snapshot.readers is Readers.CARD_UNKNOWN else None


def _token_failure(tokens: Sequence[Token], now: datetime, window: timedelta) -> Failure | None:
    """Why no token can be used; a PIN that is locked or must be changed counts only where a renewal would follow."""
    if not tokens:
        return Failure(Reason.NO_TOKEN)
    if all(token.fault for token in tokens):
        return Failure(Reason.TOKEN_FAULT, detail=tokens[0].fault)
    concerned = [t for t in tokens if t.hides or any(_renewable(c, now, window) for c in t.certificates)]
    return barred(concerned[0]) if concerned and all(map(barred, concerned)) else None


def _renewable(certificate: Certificate, now: datetime, window: timedelta) -> bool:
    return certificate.state(now, window) is CertificateState.RENEWABLE
