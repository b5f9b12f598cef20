"""Decode the desk's answers into core types, clean foreign text, and turn errors into failures."""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any, TypeVar

import msgspec

from tui.core.failure import DeskError, Failure, Reason
from tui.core.form.fields import ApplicationForm, InvoiceForm
from tui.core.order import Application, Attempt, Document, Offer, ServiceStatus
from tui.core.text_safety import paragraphs, printable
from tui.deskclient.wire import Problem

T = TypeVar("T")

_EXACT = frozenset({(Application, "statement"), (Attempt, "qr")})
"""Signed or drawn byte for byte; never put on a screen as text."""

_BUSY = (429, 503)

YEARS = range(2020, 3000)
"""Those that a desk's clock can tell; others no clock can be set by."""

COUNTS = range(10**9 + 1)
"""What a desk counts, be it fen, months, seconds or tries (`desk.settings_reader.Positive`); none is less than 0."""

LONGEST_WINDOW = 36_524
"""Days before a certificate's end from which it may be renewed; a century of them leaves the calendar nowhere."""
_UNBOUNDED = COUNTS[LONGEST_WINDOW + 1 :]
"""What a desk before 1.8.0 may say for a window without an end."""

_UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError, OverflowError)
"""No UTF-8, a lone surrogate, no JSON, another shape, nested without end, a time that is none in UTC."""


def decode(data: bytes, kind: type[T]) -> T:
    """The answer as a core type with every text cleaned.

    :raises DeskError: DESK_FAULT, it has another shape than was agreed.
    """
    try:
        answer: T = _cleaned(msgspec.json.decode(data, type=kind))
    except _UNREADABLE as error:
        raise DeskError(Failure(Reason.DESK_FAULT, detail=printable(str(error), 160))) from error
    return answer


def decode_document(data: bytes) -> Document:
    """A document whose digest fits its text, as the person will accept it by that digest.

    :raises DeskError: DESK_FAULT, it does not fit.
    """
    import hashlib  # as `secrets` in `exchange`

    try:
        raw = msgspec.json.decode(data, type=Document)
        digest = hashlib.sha256(raw.text.encode()).hexdigest()
    except _UNREADABLE as error:
        raise DeskError(Failure(Reason.DESK_FAULT, detail=printable(str(error), 160))) from error
    if digest != raw.digest:
        raise DeskError(Failure(Reason.DESK_FAULT, detail="document digest does not fit"))
    return dataclasses.replace(
        raw,
        version=printable(raw.version),
        title=printable(raw.title),
        text=paragraphs(raw.text),
        english=paragraphs(raw.english),
    )


def problem(status: int, headers: Mapping[str, str], data: bytes) -> Failure:
    """The failure that an error answer tells (RFC 9457), or what its status alone says."""
    try:
        told = msgspec.json.decode(data, type=Problem)
    except _UNREADABLE:
        reason = Reason.DESK_BUSY if status in _BUSY else Reason.DESK_FAULT
        return Failure(reason, detail=f"HTTP {status}", retry_after=_seconds(headers))
    failure = told.failure()
    retry_after = _counted(failure.retry_after)
    return dataclasses.replace(
        failure,
        detail=printable(failure.detail or told.minimum_version or "", 160),
        retry_after=_seconds(headers) if retry_after is None else retry_after,
        tries_left=_counted(failure.tries_left),
        field_errors=tuple((printable(name, 40), printable(rule, 40)) for name, rule in failure.field_errors),
    )


def _counted(number: int | None) -> int | None:
    """The number, unless nothing is counted by it."""
    return number if number is not None and number in COUNTS else None


def _seconds(headers: Mapping[str, str]) -> int | None:
    """Retry-After as delay-seconds (RFC 9110 10.2.3); the HTTP-date form is not used between these two."""
    value = headers.get("retry-after", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else None


def _cleaned(value: Any) -> Any:
    match value:
        case Enum() | ApplicationForm() | InvoiceForm():
            return value
        case str():
            return printable(value)
        case int() if value not in COUNTS:
            raise ValueError("a number that nothing is counted by")
        case datetime() if value.tzinfo is None:
            raise ValueError("a time without its zone")
        case datetime():
            return value.astimezone(UTC)
        case ServiceStatus() if value.time.year not in YEARS:
            raise ValueError("a time that no clock has")
        case ServiceStatus() | Offer() if value.window_days in _UNBOUNDED:
            return _cleaned(dataclasses.replace(value, window_days=LONGEST_WINDOW))
        case tuple():
            return tuple(_cleaned(item) for item in value)
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            names = [f.name for f in dataclasses.fields(value) if (type(value), f.name) not in _EXACT]
            return dataclasses.replace(value, **{name: _cleaned(getattr(value, name)) for name in names})
    return value
