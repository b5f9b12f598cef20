"""Find certificates for a command that is about one or some of them (`certs show`, `certs export`)."""

import asyncio
from pathlib import Path

from tui.cli.certs.listing import look
from tui.core.certificate import Certificate, Token
from tui.core.failure import Failure, Reason, TokenError
from tui.kiosk.settings import ModuleSettings, language_named, load
from tui.kiosk.text import use_language
from tui.kiosk.wiring import tokens

Held = tuple[Token, Certificate]


def held(config: Path | None, module: Path | None) -> tuple[Held, ...]:
    """Every certificate that is seen without a PIN, with its token.

    :raises TokenError: no token is in, or none can be looked at.
    """
    if module:
        use_language(language_named())
        modules: tuple[ModuleSettings, ...] = (ModuleSettings(module.absolute()),)
    else:
        settings = load(config)
        use_language(settings.language)
        modules = settings.modules
    snapshot = asyncio.run(look(tokens(modules)))
    if not snapshot.tokens:
        raise TokenError(snapshot.faults[0].failure if snapshot.faults else Failure(Reason.NO_TOKEN))
    return tuple((token, certificate) for token in snapshot.tokens for certificate in token.certificates)


def named(found: tuple[Held, ...], fingerprint: str) -> tuple[Held, ...]:
    """Those whose fingerprint begins with these digits, with or without colons or blanks."""
    begin = fingerprint.translate({ord(mark): None for mark in ": "}).lower()
    return tuple((token, certificate) for token, certificate in found if certificate.fingerprint.startswith(begin))
