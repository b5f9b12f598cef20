"""Tokens in an order of their own, whatever the driver's is, and which certificates have a successor beside them."""

from collections.abc import Sequence
from dataclasses import replace

from tui.core.certificate import RENEWABLE_KEYS, Certificate, Token


def arranged(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """Tokens by their names, certificates by what is due first; a driver's order is not stable (PKCS#11 v2.40 5.7).

    Of one token that several modules see the first module's comes first.
    """
    modules = list(dict.fromkeys(token.module for token in tokens))
    known = (replace(token, certificates=_arranged(token.certificates)) for token in tokens)
    return tuple(sorted(known, key=lambda t: (t.label, t.serial, modules.index(t.module), t.slot)))


def due(certificate: Certificate) -> tuple[object, ...]:
    """Sorting key: what may be renewed, the earliest end first, then what was renewed, what does not sign, the rest."""
    return (
        not certificate.readable,
        not certificate.for_signing,
        certificate.renewed_until is not None,
        not certificate.dated,
        certificate.not_after,
        certificate.subject,
        certificate.fingerprint,
    )


def successor(certificate: Certificate, beside: Sequence[Certificate]) -> Certificate | None:
    """The certificate on the same token that has taken this one's place, the last to end of several.

    Names are compared, not the issuer's key: a CA that was given a new key keeps its name. The key may be the old one.
    """
    if not certificate.dated or not certificate.for_signing or not certificate.subject:
        return None
    later = [
        other
        for other in beside
        if other.well_formed
        and other.key in RENEWABLE_KEYS
        and other.has_private_key
        and (other.subject, other.issuer, other.usage) == (certificate.subject, certificate.issuer, certificate.usage)
        and other.not_after > certificate.not_after
        and other.not_before >= certificate.not_before
    ]
    return max(later, key=lambda other: (other.not_after, other.fingerprint), default=None)


def _arranged(certificates: tuple[Certificate, ...]) -> tuple[Certificate, ...]:
    return tuple(sorted((_succeeded(certificate, certificates) for certificate in certificates), key=due))


def _succeeded(certificate: Certificate, beside: Sequence[Certificate]) -> Certificate:
    found = successor(certificate, beside)
    until = found.not_after if found else None
    return certificate if certificate.renewed_until == until else replace(certificate, renewed_until=until)
