"""The order in which tokens are shown: what needs somebody first comes first."""

from tui.core.certificate import Certificate, Token
from tui.journey.state import State


def by_urgency(state: State) -> tuple[Token, ...]:
    """The inserted tokens: those with a certificate to renew first, the one that ends soonest before all."""
    return tuple(sorted(state.tokens, key=lambda token: _rank(state, token.certificates)))


def _rank(state: State, certificates: tuple[Certificate, ...]) -> tuple[bool, float]:
    due = [certificate.not_after for certificate in certificates if state.is_renewable(certificate)]
    ends = due or [certificate.not_after for certificate in certificates if certificate.dated]
    return not due, min((end.timestamp() for end in ends), default=float("inf"))
