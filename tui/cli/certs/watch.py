"""Report tokens that come, change and go as lines of JSON until the reader or a signal ends it (`certs --watch`)."""

import asyncio
import os
import select
import signal
import stat
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, suppress
from datetime import datetime
from typing import Protocol, TypeVar

import msgspec

from tui.cli.certs.listing import Listed, rows
from tui.core.certificate import PinState, Token
from tui.core.exits import Exit
from tui.core.failure import Failure, Money
from tui.core.token import Snapshot
from tui.kiosk.text.wording import explain
from tui.process.output import lost


class _Event(msgspec.Struct, frozen=True, tag_field="event"):
    time: datetime
    """When it was noticed (RFC 3339, UTC)."""
    module: str


class _OfToken(_Event, frozen=True):
    token_label: str
    token_serial: str
    slot: int
    pin_state: PinState
    token_fault: str
    """Why the token could not be read wholly (the driver's name for it), empty when it was."""
    certificates: tuple[Listed, ...]
    """As in `certs --json`; for `unplugged` what was on it last."""
    certificates_hidden: bool
    """There may be a signing certificate that is visible only after the PIN."""
    pin_to_be_changed: bool
    """The token works only after its user has changed the PIN."""


class Present(_OfToken, frozen=True, tag="present"):
    """A token that was in at the start."""


class Plugged(_OfToken, frozen=True, tag="plugged"):
    """A token that came, or was in behind a driver that took more than a second to start."""


class Unplugged(_OfToken, frozen=True, tag="unplugged"):
    """A token that went."""


class Changed(_OfToken, frozen=True, tag="changed"):
    """A token whose certificates, keys or PIN state are others than before."""


class Fault(_Event, frozen=True, tag="fault"):
    """A module that cannot be used; at the start, and when it fails."""

    reason: str
    """A `core.failure.Reason`."""
    message: str
    """For people."""


class Recovered(_Event, frozen=True, tag="recovered"):
    """A module that can be used again."""


class Watching(msgspec.Struct, frozen=True, tag_field="event", tag="watching"):
    """The state at the start has been told; all lines after this one are news."""

    time: datetime
    tokens: int


Line = Present | Plugged | Unplugged | Changed | Fault | Recovered | Watching
Kind = TypeVar("Kind", bound=_OfToken)
_Place = tuple[str, int, str, str]
"""Module, slot, serial, label: where a token is, and which."""


class Watch(Protocol):
    """Tokens that are looked at for as long as it takes; `tui.token.tokens.Tokens` does it."""

    def watch(self) -> AsyncGenerator[Snapshot, None]: ...

    async def close(self) -> None: ...


def at_first(seen: Snapshot, now: datetime) -> Iterator[Line]:
    """What there is at the start."""
    yield from _news(Snapshot(), seen, now, Present)
    yield Watching(now, len(seen.tokens))


def since(before: Snapshot, seen: Snapshot, now: datetime) -> Iterator[Line]:
    """What happened between two snapshots: what went first, so that a swapped token leaves before the next comes."""
    return _news(before, seen, now, Plugged)


def _news(before: Snapshot, seen: Snapshot, now: datetime, arrived: type[Present] | type[Plugged]) -> Iterator[Line]:
    were, are = _by_place(before), _by_place(seen)
    failed, fail = _faults(before), _faults(seen)
    yield from (_of_token(Unplugged, token, now) for place, token in were.items() if place not in are)
    yield from (Recovered(now, module) for module in failed if module not in fail)
    for module, failure in fail.items():
        if failed.get(module) != failure:
            message = explain(failure, Money.NOT_TOUCHED).happened
            yield Fault(now, module, failure.reason.value, message)
    for place, token in are.items():
        if place not in were:
            yield _of_token(arrived, token, now)
        elif token != were[place]:
            yield _of_token(Changed, token, now)


def _by_place(snapshot: Snapshot) -> dict[_Place, Token]:
    return {(token.module, token.slot, token.serial, token.label): token for token in snapshot.tokens}


def _faults(snapshot: Snapshot) -> dict[str, Failure]:
    return {fault.module: fault.failure for fault in snapshot.faults}


def _of_token(kind: type[Kind], token: Token, now: datetime) -> Kind:
    return kind(
        time=now,
        module=token.module,
        token_label=token.label,
        token_serial=token.serial,
        slot=token.slot,
        pin_state=token.pin_state,
        token_fault=token.fault,
        certificates=rows(token, now),
        certificates_hidden=token.hides,
        pin_to_be_changed=token.pin_to_be_changed,
    )


def run(tokens: Watch, clock: Callable[[], datetime], out: int = 1) -> Exit:
    """Write lines to the descriptor `out`; return when SIGINT or SIGTERM comes or nobody reads any more."""
    asyncio.run(_run(tokens, clock, out))
    return Exit.DONE


async def _run(tokens: Watch, clock: Callable[[], datetime], out: int) -> None:
    loop = asyncio.get_running_loop()
    telling = asyncio.create_task(_tell(tokens, clock, out))
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, telling.cancel)
    piped = stat.S_ISFIFO(os.fstat(out).st_mode)
    if piped:  # the end that is written to becomes "readable" when the reader closes the other
        loop.add_reader(out, telling.cancel)
    try:
        with suppress(asyncio.CancelledError, BrokenPipeError):
            await telling
    finally:
        if piped:
            loop.remove_reader(out)
        await tokens.close()


async def _tell(tokens: Watch, clock: Callable[[], datetime], out: int) -> None:
    before: Snapshot | None = None
    async with aclosing(tokens.watch()) as snapshots:
        async for seen in snapshots:
            now = clock()
            for line in at_first(seen, now) if before is None else since(before, seen, now):
                await _write(msgspec.json.encode(line) + b"\n", out)
            before = seen


async def _write(line: bytes, out: int) -> None:
    """All of it, without ever blocking: a reader that stopped reading must not hold up a signal."""
    rest = memoryview(line)
    while rest:
        await _writable(out)
        try:
            rest = rest[os.write(out, rest[: select.PIPE_BUF]) :]
        except BrokenPipeError:
            raise
        except OSError as error:
            lost(error)


async def _writable(out: int) -> None:
    """Wait until PIPE_BUF bytes can be written."""
    loop, room = asyncio.get_running_loop(), asyncio.Event()
    try:
        loop.add_writer(out, room.set)
    except PermissionError:  # a regular file is always writable, and epoll refuses it
        return
    try:
        await room.wait()
    finally:
        loop.remove_writer(out)
