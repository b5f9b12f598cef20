"""Tokens and certificates in words (`certs`)."""

from collections.abc import Iterator
from datetime import datetime

from tui.core.certificate import Certificate
from tui.core.eligibility import why_empty
from tui.core.failure import Failure, Money, Reason
from tui.core.token import Snapshot
from tui.kiosk.text import _
from tui.kiosk.text.certificate import content_words, date_words, left_words
from tui.kiosk.text.labels import label
from tui.kiosk.text.wording import explain


def fault_lines(snapshot: Snapshot) -> Iterator[str]:
    """The modules that cannot be used, in words."""
    for fault in snapshot.faults:
        yield f"{fault.module}: {explain(fault.failure, Money.NOT_TOUCHED).happened} {fault.failure.reason.number}"


def certificate_lines(snapshot: Snapshot, now: datetime) -> Iterator[str]:
    """The tokens and their certificates in words."""
    yield from fault_lines(snapshot)
    if not snapshot.tokens:
        yield _("没有插入CA。")
    for token in snapshot.tokens:
        yield f"{token.label}  {token.serial}  ({token.module}, slot {token.slot})  {token.fault}".rstrip()
        if token.pin_to_be_changed:
            yield f"    {explain(Failure(Reason.PIN_EXPIRED), Money.NOT_TOUCHED).happened}"
        if reason := why_empty(token):
            yield f"    {explain(Failure(reason), Money.NOT_TOUCHED).happened}"
        for certificate in token.certificates:
            yield from _certificate_lines(certificate, now)


def _certificate_lines(certificate: Certificate, now: datetime) -> Iterator[str]:
    state = label(certificate.state(now))
    if not certificate.readable:
        yield "  - " + (certificate.label or _("没有标签"))
        yield f"    {content_words(certificate)}  {state}"
        return
    begin, end = (date_words(certificate, date) for date in (certificate.not_before, certificate.not_after))
    left = left_words(certificate.days_left(now)) if certificate.dated else ""
    yield f"  - {certificate.subject}"
    yield f"    {label(certificate.usage)}  {certificate.serial}  {certificate.key}"
    yield "    " + "  ".join(filter(None, (f"{begin} — {end}", left, state)))
