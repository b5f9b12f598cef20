"""Find certificates for a command that is about one or some of them (`certs show`, `certs export`)."""

import asyncio
from pathlib import Path

from tui.cli.certs.listing import look
from tui.cli.settings import modules_of
from tui.core.certificate import Certificate, Token
from tui.core.exits import Exit
from tui.core.failure import Failure, Reason, TokenError
from tui.core.text_safety import printable
from tui.kiosk.text import _
from tui.kiosk.text.certificate import date_words
from tui.kiosk.wiring import tokens
from tui.process.output import say

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


def distinct(found: tuple[Held, ...]) -> list[Certificate]:
    """Each certificate once, however many tokens hold a copy."""
    return list({certificate.fingerprint: certificate for _token, certificate in found}.values())


def which(found: tuple[Held, ...]) -> Exit:
    """Say that one must be named, and what there is to name; the exit code."""
    say(_("请用--fingerprint指明一张证书：") if found else _("没有找到证书。"))
    for each in distinct(found):
        say(f"{each.fingerprint}  {printable(each.name, 60)}  {date_words(each, each.not_after)}")
    return Exit.USAGE if found else Exit.TOKEN
