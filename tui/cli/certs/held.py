"""Find certificates for a command that is about one or some of them (`certs show`, `certs export`)."""

import asyncio
from pathlib import Path

from tui.cli.certs.listing import look
from tui.cli.settings import modules_of
from tui.core.certificate import Certificate, Token
from tui.core.failure import Failure, Reason, TokenError
from tui.kiosk.wiring import tokens

Held = tuple[Token, Certificate]


def held(config: Path | None, module: Path | None) -> tuple[Held, ...]:
    """Every certificate that is seen without a PIN, with its token.

    :raises TokenError: no token is in, or none can be looked at.
    """
    snapshot = asyncio.run(look(tokens(modules_of(config, module))))
    if not snapshot.tokens:
        raise TokenError(snapshot.faults[0].failure if snapshot.faults else Failure(Reason.NO_TOKEN))
    return tuple((token, certificate) for token in snapshot.tokens for certificate in token.certificates)


def named(found: tuple[Held, ...], fingerprint: str) -> tuple[Held, ...]:
    """Those whose fingerprint begins with these digits, with or without colons or blanks."""
    begin = fingerprint.translate({ord(mark): None for mark in ": "}).lower()
    return tuple((token, certificate) for token, certificate in found if certificate.fingerprint.startswith(begin))
